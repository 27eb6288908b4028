// asum — sum of absolute values.
//
//   Σ |xᵢ|        x: n elements of T
//
// n = 0  gives 0
// Bytes  reads x to the last byte and no further; any alignment
// Error  relative γₙ₋₁ = (n − 1)u/(1 − (n − 1)u)        Higham, ASNA 2e, §4.2
// BLAS   xASUM
import { hsum } from "../core/simd";

export function asum<T extends number>(n: usize, x: usize): T {
  const end = x + n * sizeof<T>(), body = x + ((n * sizeof<T>()) & ~15), wide = x + ((n * sizeof<T>()) & ~31);
  let s0 = v128.splat<T>(<T>0), s1 = v128.splat<T>(<T>0);
  for (; x < wide; x += 32) {
    s0 = v128.add<T>(s0, v128.abs<T>(v128.load(x)));
    s1 = v128.add<T>(s1, v128.abs<T>(v128.load(x, 16)));
  }
  if (x < body) {
    s0 = v128.add<T>(s0, v128.abs<T>(v128.load(x)));
    x += 16;
  }
  let sum = hsum<T>(v128.add<T>(s0, s1));
  for (; x < end; x += sizeof<T>()) sum = <T>(sum + abs<T>(load<T>(x)));
  return sum;
}
