// scal — a vector times a number.
//
//   x ← α·x        x: n elements of T
//
// α = 0  still multiplies: NaN and Inf become NaN
// Bytes  reads and writes x to the last byte and no further; any alignment
// Error  one rounding
// BLAS   xSCAL

export function scal<T extends number>(n: usize, alpha: T, x: usize): void {
  const end = x + n * sizeof<T>(), body = x + ((n * sizeof<T>()) & ~15), a = v128.splat<T>(alpha);
  for (; x < body; x += 16) v128.store(x, v128.mul<T>(a, v128.load(x)));
  for (; x < end; x += sizeof<T>()) store<T>(x, <T>(alpha * load<T>(x)));
}
