// gemv_stored, gemm_stored — rows of 16- or 8-bit floating point times f32, the weights decoded on the way.
//
//   gemv   y[i] ← Σ_j w[i, j]·x[j]                 x    n f32                         y    f32
//   gemm   y[r, i] ← Σ_j x[r, j]·w[i, j]           x    m rows of n f32, ldx apart    y    m rows, ldy apart
//
//   w    rows of n elements, ldw apart: Half<f16>, Half<bf16>, Eighth<f8_…>
//
// n        any: whole vectors of four, then one by one
// i0, i1   rows of w; each is computed on its own, and r = 0 of gemm has the bits of gemv
// NaN      as the arithmetic says
// Bytes    reads w and x, writes y, to the last byte and no further; any alignment; y overlaps nothing
// Error    |ŷ − y| ≤ γ·|x||w|, γ = (n/8 + 7)u/(1 − (n/8 + 7)u): two vectors of sums, then the rest     Higham, ASNA 2e, §3.1
//
// gemm decodes once for four rows of x. Conditional blocks for the sake of V8: gemv_q8.ts.
import { hsum, madd } from "../core/simd";
import { load1, load4 } from "../core/stored";
import { load1_f8, load4_f8 } from "./f8";

@unmanaged
export class Half<S> {
  // @ts-ignore: decorator
  @inline get bytes(): usize { return 2; }
  // @ts-ignore: decorator
  @inline four(): v128 { return load4<S>(changetype<usize>(this)); }
  // @ts-ignore: decorator
  @inline single(): f32 { return load1<S>(changetype<usize>(this)); }
}

@unmanaged
export class Eighth<F> {
  // @ts-ignore: decorator
  @inline get bytes(): usize { return 1; }
  // @ts-ignore: decorator
  @inline four(): v128 { return load4_f8<F>(changetype<usize>(this)); }
  // @ts-ignore: decorator
  @inline single(): f32 { return load1_f8<F>(changetype<usize>(this)); }
}

export function gemv_stored<S>(n: usize, w: usize, ldw: usize, x: usize, y: usize, i0: usize, i1: usize): void {
  gemm_stored<S>(1, n, w, ldw, x, n, y, 0, i0, i1);
}

export function gemm_stored<S>(
  m: usize, n: usize, w: usize, ldw: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize,
): void {
  assert(i0 <= i1 && ldw >= n && ldx >= n);
  const row = ldw * changetype<S>(0).bytes;
  for (let i = i0; i < i1; ++i) {
    let r: usize = 0;
    for (; r + 4 <= m; r += 4) row4<S>(n, w + i * row, x + r * ldx * 4, ldx * 4, y + (r * ldy + i) * 4, ldy * 4);
    for (; r < m; ++r) row1<S>(n, w + i * row, x + r * ldx * 4, y + (r * ldy + i) * 4);
  }
}

function row1<S>(n: usize, w: usize, x: usize, y: usize): void {
  const bytes = changetype<S>(0).bytes, pairs = n & ~7;
  let a = f32x4.splat(0), b = a;
  for (let j: usize = 0; j < pairs; j += 8) {
    a = madd<f32>(changetype<S>(w + j * bytes).four(), v128.load(x + j * 4), a);
    b = madd<f32>(changetype<S>(w + j * bytes + 4 * bytes).four(), v128.load(x + j * 4, 16), b);
  }
  store<f32>(y, rest<S>(n, pairs, w, x, a, b));
}

function row4<S>(n: usize, w: usize, x: usize, next: usize, y: usize, step: usize): void {
  const bytes = changetype<S>(0).bytes, pairs = n & ~7;
  let a0 = f32x4.splat(0), b0 = a0, a1 = a0, b1 = a0, a2 = a0, b2 = a0, a3 = a0, b3 = a0;
  for (let j: usize = 0; j < pairs; j += 8) {
    const u = changetype<S>(w + j * bytes).four(), v = changetype<S>(w + j * bytes + 4 * bytes).four(), z = x + j * 4;
    a0 = madd<f32>(u, v128.load(z), a0);
    b0 = madd<f32>(v, v128.load(z, 16), b0);
    a1 = madd<f32>(u, v128.load(z + next), a1);
    b1 = madd<f32>(v, v128.load(z + next, 16), b1);
    a2 = madd<f32>(u, v128.load(z + 2 * next), a2);
    b2 = madd<f32>(v, v128.load(z + 2 * next, 16), b2);
    a3 = madd<f32>(u, v128.load(z + 3 * next), a3);
    b3 = madd<f32>(v, v128.load(z + 3 * next, 16), b3);
  }
  store<f32>(y, rest<S>(n, pairs, w, x, a0, b0));
  store<f32>(y + step, rest<S>(n, pairs, w, x + next, a1, b1));
  store<f32>(y + 2 * step, rest<S>(n, pairs, w, x + 2 * next, a2, b2));
  store<f32>(y + 3 * step, rest<S>(n, pairs, w, x + 3 * next, a3, b3));
}

/** The sum of a and b and of the products from j on. */
function rest<S>(n: usize, j: usize, w: usize, x: usize, a: v128, b: v128): f32 {
  const bytes = changetype<S>(0).bytes;
  if (j + 4 <= n) {
    a = madd<f32>(changetype<S>(w + j * bytes).four(), v128.load(x + j * 4), a);
    j += 4;
  }
  let sum = hsum<f32>(f32x4.add(a, b));
  for (; j < n; ++j) sum = <f32>(sum + <f32>(changetype<S>(w + j * bytes).single() * load<f32>(x + j * 4)));
  return sum;
}
