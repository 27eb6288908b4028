// rot — a plane rotation applied to two vectors.
//
//   x ← c·x + s·y        y ← c·y − s·x        x, y: n elements of T, both from the old values
//
// Bytes  reads and writes x and y to the last byte and no further; any alignment; they do not overlap
// Error  each element 2u(|c x| + |s y|), and so on for y        Higham, ASNA 2e, §19.6
// BLAS   xROT
import { madd, madd1 } from "../core/simd";

export function rot<T extends number>(n: usize, x: usize, y: usize, c: T, s: T): void {
  const end = x + n * sizeof<T>(), body = x + ((n * sizeof<T>()) & ~15);
  const cs = v128.splat<T>(c), ss = v128.splat<T>(s), ns = v128.splat<T>(-s);
  for (; x < body; x += 16, y += 16) {
    const a = v128.load(x), b = v128.load(y);
    v128.store(x, madd<T>(ss, b, v128.mul<T>(cs, a)));
    v128.store(y, madd<T>(ns, a, v128.mul<T>(cs, b)));
  }
  for (; x < end; x += sizeof<T>(), y += sizeof<T>()) {
    const a = load<T>(x), b = load<T>(y);
    store<T>(x, madd1<T>(s, b, <T>(c * a)));
    store<T>(y, madd1<T>(-s, a, <T>(c * b)));
  }
}
