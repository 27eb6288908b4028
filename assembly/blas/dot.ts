// dot — inner product.
//
//   xᵀy        x, y: n elements of T
//
// n = 0  gives 0
// Bytes  reads x and y to the last byte and no further; any alignment; they may be the same
// Error  |result − xᵀy| ≤ γₙ·|x|ᵀ|y|, γₙ = nu/(1 − nu)        Higham, ASNA 2e, §3.1
// BLAS   xDOT
import { hsum, madd } from "../core/simd";

export function dot<T extends number>(n: usize, x: usize, y: usize): T {
  const end = x + n * sizeof<T>(), body = x + ((n * sizeof<T>()) & ~15), wide = x + ((n * sizeof<T>()) & ~63);
  // Four sums hide the latency of the additions.
  let s0 = v128.splat<T>(<T>0), s1 = v128.splat<T>(<T>0), s2 = v128.splat<T>(<T>0), s3 = v128.splat<T>(<T>0);
  for (; x < wide; x += 64, y += 64) {
    s0 = madd<T>(v128.load(x), v128.load(y), s0);
    s1 = madd<T>(v128.load(x, 16), v128.load(y, 16), s1);
    s2 = madd<T>(v128.load(x, 32), v128.load(y, 32), s2);
    s3 = madd<T>(v128.load(x, 48), v128.load(y, 48), s3);
  }
  for (; x < body; x += 16, y += 16) s0 = madd<T>(v128.load(x), v128.load(y), s0);
  let sum = hsum<T>(v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3)));
  for (; x < end; x += sizeof<T>(), y += sizeof<T>()) sum = <T>(sum + <T>(load<T>(x) * load<T>(y)));
  return sum;
}
