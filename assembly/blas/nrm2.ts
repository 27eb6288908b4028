// nrm2 — Euclidean norm, without overflow or underflow on the way.
//
//   ‖x‖₂ = √Σ xᵢ²        x: n elements of T
//
// f32    squares and sum in f64, where no f32 can overflow or vanish
// f64    one pass; when the sum leaves [2^−900, ∞) a second one over x scaled by the power of two of its largest element
// n = 0  gives 0 · Inf gives Inf · NaN gives NaN
// Bytes  reads x to the last byte and no further; any alignment
// Error  relative (n/2 + 2)u, u = 2^−53, and for f32 half a unit of the last place more        Higham, ASNA 2e, §3.1
// BLAS   xNRM2        Paper  Blue, ACM TOMS 4 (1978): scaling apart from the plain sum
import { high, hsum, madd } from "../core/simd";
import { iamax } from "./iamax";

export function nrm2<T extends number>(n: usize, x: usize): T {
  if (sizeof<T>() == 4) return <T>sqrt<f64>(square_f32(n, x));
  const sum = square_f64(n, x, 1);
  if (sum >= reinterpret<f64>(0x07b0000000000000) && sum < Infinity) return <T>sqrt<f64>(sum); // 2^−900
  if (n == 0) return <T>0;
  const most = abs<f64>(load<f64>(x + iamax<f64>(n, x) * 8));
  if (most == 0 || most - most != 0) return <T>most; // zero, Inf, NaN
  // 2^−e of most = 1.f·2^e; the exponent is kept where 2^e and 2^−e are both normal.
  const field = min<u64>(2045, max<u64>(1, reinterpret<u64>(most) >> 52));
  const up = reinterpret<f64>((2046 - field) << 52), down = reinterpret<f64>(field << 52);
  return <T>(sqrt<f64>(square_f64(n, x, up)) * down);
}

function square_f32(n: usize, x: usize): f64 {
  const end = x + n * 4, body = x + ((n * 4) & ~15);
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  for (; x < body; x += 16) {
    const v = v128.load(x), a = f64x2.promote_low_f32x4(v), b = f64x2.promote_low_f32x4(high(v));
    s0 = madd<f64>(a, a, s0);
    s1 = madd<f64>(b, b, s1);
  }
  let sum = hsum<f64>(f64x2.add(s0, s1));
  for (; x < end; x += 4) sum += <f64>load<f32>(x) * <f64>load<f32>(x);
  return sum;
}

/** Σ (scale·x)². */
function square_f64(n: usize, x: usize, scale: f64): f64 {
  const end = x + n * 8, wide = x + ((n * 8) & ~31), s = f64x2.splat(scale);
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  for (; x < wide; x += 32) {
    const a = f64x2.mul(s, v128.load(x)), b = f64x2.mul(s, v128.load(x, 16));
    s0 = madd<f64>(a, a, s0);
    s1 = madd<f64>(b, b, s1);
  }
  let sum = hsum<f64>(f64x2.add(s0, s1));
  for (; x < end; x += 8) {
    const a = scale * load<f64>(x);
    sum += a * a;
  }
  return sum;
}
