// i8 — rows of signed bytes under one f32 each, and their products: the plain eight-bit matrix.
//
//   w = s·q      s ← max|w| / 127 of the row      q ← round(w·(127 / max|w|)), halves to even
//
//   encode_i8   (n, src, lds, dst, scales)        row i of n f32, lds apart → n bytes, and its s
//   decode_i8   (n, src, scales, dst, ldd)
//   gemv_i8     (n, w, s, x, t, y)                y[i] ← s[i]·t·Σ_j w[i, j]·x[j]
//   gemm_i8     (m, n, w, s, x, t, y, ldy)        y[r, i] ← s[i]·t[r]·Σ_j w[i, j]·x[r, j]
//
//   w, x     rows of n bytes, one behind the other; x has m rows and their scales are t: activations are encoded like weights
//
// n        any below 2^17, so that sums fit i32
// i0, i1   rows of w (encode, decode: of the matrix); each is computed on its own, and r = 0 of gemm has the bits of gemv
// Special  a row in which all |w| are below 2^−120 counts as zeros; one that holds NaN or Inf gets s = NaN or Inf and q = 0
// Bytes    reads and writes to the last byte and no further; any alignment; nothing overlaps
// Error    encode |w − s·q| ≤ s·(1/2 + 127·2^−22); decode one rounding; gemv, gemm |ŷ − y| ≤ 3u|y| and what converting the exact sum
//          to f32 costs, u|y|, against the products of the quantized numbers
import { dot8, sums4 } from "./dot_i8";
import { NOT_FINITE, peak_bits } from "./encode32";

export function encode_i8(n: usize, src: usize, lds: usize, dst: usize, scales: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1 && lds >= n);
  const body = n & ~3;
  for (let i = i0; i < i1; ++i) {
    const x = src + i * lds * 4, y = dst + i * n;
    let bits = body ? peak_bits(x, body) : 0;
    for (let j = body; j < n; ++j) bits = max<u32>(bits, load<u32>(x + j * 4) & 0x7fffffff);
    const peak = reinterpret<f32>(bits), number = bits < NOT_FINITE, zero = !number || peak < 7.52316384526264e-37; // 2^−120
    store<f32>(scales + i * 4, number && zero ? 0 : <f32>(peak / 127));
    if (zero) {
      memory.fill(y, 0, n);
      continue;
    }
    const r = f32x4.splat(<f32>127 / peak);
    for (let j: usize = 0; j < body; j += 4) {
      const q = round4(v128.load(x + j * 4), r), h = i16x8.narrow_i32x4_s(q, q);
      v128.store_lane<u32>(y + j, i8x16.narrow_i16x8_s(h, h), 0);
    }
    for (let j = body; j < n; ++j) store<i8>(y + j, <i8>i32x4.extract_lane(round4(v128.load_splat<u32>(x + j * 4), r), 0));
  }
}

export function decode_i8(n: usize, src: usize, scales: usize, dst: usize, ldd: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1 && ldd >= n);
  for (let i = i0; i < i1; ++i) {
    const x = src + i * n, y = dst + i * ldd * 4, s = load<f32>(scales + i * 4), v = f32x4.splat(s), body = n & ~7;
    for (let j: usize = 0; j < body; j += 8) {
      const q = v128.load_ext<i8>(x + j);
      v128.store(y + j * 4, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(q)), v));
      v128.store(y + j * 4, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(q)), v), 16);
    }
    for (let j = body; j < n; ++j) store<f32>(y + j * 4, <f32>(<f32>load<i8>(x + j) * s));
  }
}

export function gemv_i8(n: usize, w: usize, s: usize, x: usize, t: usize, y: usize, i0: usize, i1: usize): void {
  gemm_i8(1, n, w, s, x, t, y, 0, i0, i1);
}

const BLOCK: usize = 16; // rows of w that stay in the second cache while all of x passes, four rows of it at a time in the first

export function gemm_i8(m: usize, n: usize, w: usize, s: usize, x: usize, t: usize, y: usize, ldy: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1 && n < 1 << 17);
  let r: usize = 0;
  if (m >= 4) {
    for (let i = i0; i < i1; i += BLOCK) {
      const end = min<usize>(i1, i + BLOCK);
      for (r = 0; r + 4 <= m; r += 4) {
        let j = i;
        for (; j + 2 <= end; j += 2) tile2x4(n, w + j * n, s + j * 4, x + r * n, t + r * 4, y + (r * ldy + j) * 4, ldy * 4);
        if (j < end) for (let k = r; k < r + 4; ++k) one(n, w + j * n, s + j * 4, x + k * n, t + k * 4, y + (k * ldy + j) * 4);
      }
    }
  }
  for (; r < m; ++r) {
    let i = i0;
    for (; i + 4 <= i1; i += 4) tile4x1(n, w + i * n, s + i * 4, x + r * n, t + r * 4, y + (r * ldy + i) * 4);
    for (; i < i1; ++i) one(n, w + i * n, s + i * 4, x + r * n, t + r * 4, y + (r * ldy + i) * 4);
  }
}

/** Four rows of w, one of x. */
function tile4x1(n: usize, w: usize, s: usize, x: usize, t: usize, y: usize): void {
  const body = n & ~15;
  let p = w, q = p + n, u = q + n, v = u + n;
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (const end = w + body; p < end; p += 16, q += 16, u += 16, v += 16, x += 16) {
    const x0 = v128.load_ext<i8>(x), x1 = v128.load_ext<i8>(x, 8);
    a = i32x4.add(a, i32x4.add(dot8(v128.load_ext<i8>(p), x0), dot8(v128.load_ext<i8>(p, 8), x1)));
    b = i32x4.add(b, i32x4.add(dot8(v128.load_ext<i8>(q), x0), dot8(v128.load_ext<i8>(q, 8), x1)));
    c = i32x4.add(c, i32x4.add(dot8(v128.load_ext<i8>(u), x0), dot8(v128.load_ext<i8>(u, 8), x1)));
    d = i32x4.add(d, i32x4.add(dot8(v128.load_ext<i8>(v), x0), dot8(v128.load_ext<i8>(v, 8), x1)));
  }
  const rest = lanes4(tail(n, p, x), tail(n, q, x), tail(n, u, x), tail(n, v, x));
  const sums = i32x4.add(sums4(a, b, c, d), rest);
  v128.store(y, f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.mul(v128.load(s), v128.load_splat<u32>(t))));
}

/** Two rows of w, four of x: eight sums and six vectors of operands fill 14 of the 15 registers of V8 on x64. */
function tile2x4(n: usize, w: usize, s: usize, x: usize, t: usize, y: usize, step: usize): void {
  const body = n & ~7;
  let p = w, q = p + n, x0 = x, x1 = x0 + n, x2 = x1 + n, x3 = x2 + n;
  let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  for (const end = w + body; p < end; p += 8, q += 8, x0 += 8, x1 += 8, x2 += 8, x3 += 8) {
    const a = v128.load_ext<i8>(p), b = v128.load_ext<i8>(q);
    const c = v128.load_ext<i8>(x0), d = v128.load_ext<i8>(x1), e = v128.load_ext<i8>(x2), f = v128.load_ext<i8>(x3);
    a0 = i32x4.add(a0, dot8(a, c));
    a1 = i32x4.add(a1, dot8(a, d));
    a2 = i32x4.add(a2, dot8(a, e));
    a3 = i32x4.add(a3, dot8(a, f));
    b0 = i32x4.add(b0, dot8(b, c));
    b1 = i32x4.add(b1, dot8(b, d));
    b2 = i32x4.add(b2, dot8(b, e));
    b3 = i32x4.add(b3, dot8(b, f));
  }
  const ta = lanes4(tail8(n, p, x0), tail8(n, p, x1), tail8(n, p, x2), tail8(n, p, x3));
  const tb = lanes4(tail8(n, q, x0), tail8(n, q, x1), tail8(n, q, x2), tail8(n, q, x3));
  put_column(y, step, scaled(i32x4.add(sums4(a0, a1, a2, a3), ta), load<f32>(s), t));
  put_column(y + 4, step, scaled(i32x4.add(sums4(b0, b1, b2, b3), tb), load<f32>(s, 4), t));
}

// @ts-ignore: decorator
@inline
function scaled(sums: v128, s: f32, t: usize): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.mul(f32x4.splat(s), v128.load(t)));
}

/** One row of each. */
function one(n: usize, w: usize, s: usize, x: usize, t: usize, y: usize): void {
  let a = i32x4.splat(0), p = w;
  for (const end = w + (n & ~7); p < end; p += 8, x += 8) a = i32x4.add(a, dot8(v128.load_ext<i8>(p), v128.load_ext<i8>(x)));
  const b = i32x4.add(a, v128.shuffle<i64>(a, a, 1, 1));
  const sum = i32x4.extract_lane(b, 0) + i32x4.extract_lane(b, 1) + tail8(n, p, x);
  store<f32>(y, <f32>(<f32>sum * <f32>(load<f32>(s) * load<f32>(t))));
}

/** Σ of the last n mod 16 products. */
// @ts-ignore: decorator
@inline
function tail(n: usize, p: usize, x: usize): i32 {
  let sum = 0;
  for (const end = p + (n & 15); p < end; ++p, ++x) sum += <i32>load<i8>(p) * <i32>load<i8>(x);
  return sum;
}

/** Σ of the last n mod 8 products. */
// @ts-ignore: decorator
@inline
function tail8(n: usize, p: usize, x: usize): i32 {
  let sum = 0;
  for (const end = p + (n & 7); p < end; ++p, ++x) sum += <i32>load<i8>(p) * <i32>load<i8>(x);
  return sum;
}

// @ts-ignore: decorator
@inline
function lanes4(a: i32, b: i32, c: i32, d: i32): v128 {
  return i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(a), 1, b), 2, c), 3, d);
}

/** round(x·r), four times. */
// @ts-ignore: decorator
@inline
function round4(x: v128, r: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(x, r), f32x4.splat(12582912)), i32x4.splat(0x4b400000)); // 1.5 · 2^23
}

// @ts-ignore: decorator
@inline
function put_column(y: usize, step: usize, x: v128): void {
  store<f32>(y, f32x4.extract_lane(x, 0));
  store<f32>(y + step, f32x4.extract_lane(x, 1));
  store<f32>(y + 2 * step, f32x4.extract_lane(x, 2));
  store<f32>(y + 3 * step, f32x4.extract_lane(x, 3));
}
