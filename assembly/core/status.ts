// status — what the module says about itself, and the codes kernels answer with.
//
// A kernel that returns an i32 answers ≥ 0 (a rank, a count, the sweeps it took) or one of these.

export const NO_CONVERGENCE: i32 = -1; // the iteration reached its limit
export const NOT_FINITE: i32 = -2; //     NaN or Inf among the input

/** First address that TypeScript may hand out. */
export function heap_base(): usize {
  return __heap_base;
}

/** Bit 0: SIMD, 1: relaxed SIMD, 2: threads, 3: preconditions checked. */
export function features(): i32 {
  let bits = 0;
  if (ASC_FEATURE_SIMD) bits |= 1;
  if (ASC_FEATURE_RELAXED_SIMD) bits |= 2;
  if (ASC_FEATURE_THREADS) bits |= 4;
  if (!ASC_NO_ASSERT) bits |= 8;
  return bits;
}
