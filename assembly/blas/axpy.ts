// axpy — a multiple of one vector added to another.
//
//   y ← α·x + y        x, y: n elements of T
//
// Bytes  reads x, reads and writes y, to the last byte and no further; any alignment; x is y or they do not overlap
// Error  |ŷ − y| ≤ u(|αx| + |y|)
// BLAS   xAXPY
import { madd, madd1 } from "../core/simd";

export function axpy<T extends number>(n: usize, alpha: T, x: usize, y: usize): void {
  const end = x + n * sizeof<T>(), body = x + ((n * sizeof<T>()) & ~15), a = v128.splat<T>(alpha);
  for (; x < body; x += 16, y += 16) v128.store(y, madd<T>(a, v128.load(x), v128.load(y)));
  for (; x < end; x += sizeof<T>(), y += sizeof<T>()) store<T>(y, madd1<T>(alpha, load<T>(x), load<T>(y)));
}
