// rotate — plane rotations of rows whose factors are kept apart.
//
//   rotate    x ← x + α·y, y ← y − β·x, both from the old values                       x, y: n elements of T
//   rotate_4  the same for (x₀, y₀) and (x₁, y₁), then for (x₀, y₁) and (x₁, y₀)       coefficients: 8 vectors, α and −β of each in
//                                                                                      turn, all lanes the same
//
// With x = x̂·dₓ and y = ŷ·d_y, the rotation x ← c·x + s·y, y ← c·y − s·x is that of x̂ and ŷ by α = t·d_y/dₓ and β = t·dₓ/d_y, where
// t = s/c; then dₓ and d_y are multiplied by c. These factors are kept apart in float64, so no element is ever rounded by c, rows change
// by no more than the rotation moves them, and thousands of rotations leave orthogonal rows orthogonal to a few u.
//
// Bytes  reads and writes rows to the last byte and no further; any alignment; they do not overlap
// Cost   4n flops for each rotation; rotate_4 loads and stores each row once
// Error  each element u(|x'| + |αy|), and so on for y
// Paper  Gentleman, J. Inst. Maths Applics 12 (1973) 329–336; Golub & Van Loan, Matrix Computations 4e, §5.1.13
import { madd, madd1 } from "../core/simd";

export function rotate<T extends number>(n: usize, x: usize, y: usize, alpha: T, beta: T): void {
  const end = x + n * sizeof<T>(), body = x + ((n * sizeof<T>()) & ~15), wide = x + ((n * sizeof<T>()) & ~31);
  const f = v128.splat<T>(alpha), g = v128.splat<T>(-beta);
  for (; x < wide; x += 32, y += 32) {
    const a = v128.load(x), b = v128.load(y), c = v128.load(x, 16), d = v128.load(y, 16);
    v128.store(x, madd<T>(f, b, a));
    v128.store(y, madd<T>(g, a, b));
    v128.store(x, madd<T>(f, d, c), 16);
    v128.store(y, madd<T>(g, c, d), 16);
  }
  for (; x < body; x += 16, y += 16) {
    const a = v128.load(x), b = v128.load(y);
    v128.store(x, madd<T>(f, b, a));
    v128.store(y, madd<T>(g, a, b));
  }
  for (; x < end; x += sizeof<T>(), y += sizeof<T>()) {
    const a = load<T>(x), b = load<T>(y);
    store<T>(x, madd1<T>(alpha, b, a));
    store<T>(y, madd1<T>(-beta, a, b));
  }
}

export function rotate_4<T extends number>(n: usize, x0: usize, x1: usize, y0: usize, y1: usize, coefficients: usize): void {
  const end = x0 + n * sizeof<T>(), body = x0 + ((n * sizeof<T>()) & ~15);
  const f0 = v128.load(coefficients), g0 = v128.load(coefficients, 16), f1 = v128.load(coefficients, 32), g1 = v128.load(coefficients, 48);
  const f2 = v128.load(coefficients, 64), g2 = v128.load(coefficients, 80), f3 = v128.load(coefficients, 96), g3 = v128.load(coefficients, 112);
  for (; x0 < body; x0 += 16, x1 += 16, y0 += 16, y1 += 16) {
    const a = v128.load(x0), b = v128.load(x1), c = v128.load(y0), d = v128.load(y1);
    const p = madd<T>(f0, c, a), r = madd<T>(g0, a, c), q = madd<T>(f1, d, b), s = madd<T>(g1, b, d);
    v128.store(x0, madd<T>(f2, s, p));
    v128.store(y1, madd<T>(g2, p, s));
    v128.store(x1, madd<T>(f3, r, q));
    v128.store(y0, madd<T>(g3, q, r));
  }
  for (; x0 < end; x0 += sizeof<T>(), x1 += sizeof<T>(), y0 += sizeof<T>(), y1 += sizeof<T>()) {
    const a = load<T>(x0), b = load<T>(x1), c = load<T>(y0), d = load<T>(y1);
    const p = madd1<T>(load<T>(coefficients), c, a), r = madd1<T>(load<T>(coefficients, 16), a, c);
    const q = madd1<T>(load<T>(coefficients, 32), d, b), s = madd1<T>(load<T>(coefficients, 48), b, d);
    store<T>(x0, madd1<T>(load<T>(coefficients, 64), s, p));
    store<T>(y1, madd1<T>(load<T>(coefficients, 80), p, s));
    store<T>(x1, madd1<T>(load<T>(coefficients, 96), r, q));
    store<T>(y0, madd1<T>(load<T>(coefficients, 112), q, r));
  }
}
