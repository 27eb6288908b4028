// givens — a plane rotation applied to two rows, in the form that keeps small angles exact.
//
//   x ← x + s·(y − τ·x)        y ← y − s·(x + τ·y)        x, y: n elements of T, both from the old values
//
// s = sin θ, τ = tan θ/2: the same as x ← c·x + s·y, y ← c·y − s·x with c = 1 − s·τ. Written with c, every element is rounded by c itself,
// however small the angle; this way the rows change by no more than the rotation moves them, and thousands of rotations leave
// orthogonal rows orthogonal to a few u.
//
// Bytes  reads and writes x and y to the last byte and no further; any alignment; they do not overlap
// Cost   8n flops, of which 4n multiplications as in the other form
// Error  each element u|x'| + 3u|s|(|y| + |τx|), and so on for y
// Paper  Rutishauser, Numer. Math. 9 (1966) 1–10
import { madd, madd1 } from "../core/simd";

export function givens<T extends number>(n: usize, x: usize, y: usize, s: T, tau: T): void {
  const end = x + n * sizeof<T>(), body = x + ((n * sizeof<T>()) & ~15), wide = x + ((n * sizeof<T>()) & ~31);
  const ss = v128.splat<T>(s), tt = v128.splat<T>(tau), ns = v128.splat<T>(-s), nt = v128.splat<T>(-tau);
  for (; x < wide; x += 32, y += 32) {
    const a = v128.load(x), b = v128.load(y), c = v128.load(x, 16), d = v128.load(y, 16);
    v128.store(x, madd<T>(ss, madd<T>(nt, a, b), a));
    v128.store(y, madd<T>(ns, madd<T>(tt, b, a), b));
    v128.store(x, madd<T>(ss, madd<T>(nt, c, d), c), 16);
    v128.store(y, madd<T>(ns, madd<T>(tt, d, c), d), 16);
  }
  for (; x < body; x += 16, y += 16) {
    const a = v128.load(x), b = v128.load(y);
    v128.store(x, madd<T>(ss, madd<T>(nt, a, b), a));
    v128.store(y, madd<T>(ns, madd<T>(tt, b, a), b));
  }
  for (; x < end; x += sizeof<T>(), y += sizeof<T>()) {
    const a = load<T>(x), b = load<T>(y);
    store<T>(x, madd1<T>(s, madd1<T>(-tau, a, b), a));
    store<T>(y, madd1<T>(-s, madd1<T>(tau, b, a), b));
  }
}
