// dots_4 — the products of two rows with two others.
//
//   out ← x₀·y₀, x₀·y₁, x₁·y₀, x₁·y₁        x₀, x₁, y₀, y₁: n elements of T · out: f64[4]
//
// Each row is loaded once for two products, all four are in registers.
//
// Bytes  reads rows to the last byte and no further; any alignment
// Cost   8n flops
// Error  each |x|·|y|·γ, γ = (n/L + 3)u with L lanes, 4 for f32 and 2 for f64   Higham, ASNA 2e, §3.1
import { hsum, madd, madd1 } from "../core/simd";

export function dots_4<T extends number>(n: usize, x0: usize, x1: usize, y0: usize, y1: usize, out: usize): void {
  const end = x0 + n * sizeof<T>(), body = x0 + ((n * sizeof<T>()) & ~15), wide = x0 + ((n * sizeof<T>()) & ~31);
  let s00 = v128.splat<T>(<T>0), s01 = s00, s10 = s00, s11 = s00;
  for (; x0 < wide; x0 += 32, x1 += 32, y0 += 32, y1 += 32) {
    const a = v128.load(x0), b = v128.load(x1), c = v128.load(y0), d = v128.load(y1);
    const e = v128.load(x0, 16), f = v128.load(x1, 16), g = v128.load(y0, 16), h = v128.load(y1, 16);
    s00 = madd<T>(e, g, madd<T>(a, c, s00));
    s01 = madd<T>(e, h, madd<T>(a, d, s01));
    s10 = madd<T>(f, g, madd<T>(b, c, s10));
    s11 = madd<T>(f, h, madd<T>(b, d, s11));
  }
  for (; x0 < body; x0 += 16, x1 += 16, y0 += 16, y1 += 16) {
    const a = v128.load(x0), b = v128.load(x1), c = v128.load(y0), d = v128.load(y1);
    s00 = madd<T>(a, c, s00);
    s01 = madd<T>(a, d, s01);
    s10 = madd<T>(b, c, s10);
    s11 = madd<T>(b, d, s11);
  }
  let t00 = hsum<T>(s00), t01 = hsum<T>(s01), t10 = hsum<T>(s10), t11 = hsum<T>(s11);
  for (; x0 < end; x0 += sizeof<T>(), x1 += sizeof<T>(), y0 += sizeof<T>(), y1 += sizeof<T>()) {
    const a = load<T>(x0), b = load<T>(x1), c = load<T>(y0), d = load<T>(y1);
    t00 = madd1<T>(a, c, t00);
    t01 = madd1<T>(a, d, t01);
    t10 = madd1<T>(b, c, t10);
    t11 = madd1<T>(b, d, t11);
  }
  store<f64>(out, <f64>t00);
  store<f64>(out, <f64>t01, 8);
  store<f64>(out, <f64>t10, 16);
  store<f64>(out, <f64>t11, 24);
}
