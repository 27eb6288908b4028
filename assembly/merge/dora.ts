// dora_rows, square_columns, scale_columns — a weight-decomposed update: direction v = W + D, given back its magnitude.
//
//   dora_rows       acc[i, :] += weight·(magnitude[i] / ‖v[i, :]‖₂)·v[i, :]      norms of rows, one call does all
//   square_columns  sums[j]   += Σᵢ v[i, j]²                                     norms of columns: first the sums …
//   scale_columns   acc[i, j] += weight·gain[j]·v[i, j]                          … then the gains that were made of them
//
// w, d, acc     rows × n, row-major dense, elements T · sums: n f64 · magnitude: one T for each row · gain: n T
// zero norm     dora_rows leaves the row of acc as it is: v is zero, so is every multiple of it
// square_columns  runs over the rows in order and starts from what sums holds, so rows may come in pieces
// v             is rounded to T; norms and gains of rows are computed in f64, the gain rounded to T once
// Bytes  reads and writes the range to the last byte and no further; any alignment; nothing overlaps
// Error  gains of rows: relative (n/2 + 3)·2^−53 + u; products: 2u more        Higham, ASNA 2e, §3.1
// Paper  DoRA, arXiv:2402.09353, eq. 5
import { high, madd, madd1 } from "../core/simd";

export function dora_rows<T extends number>(
  n: usize, w: usize, d: usize, acc: usize, magnitude: usize, weight: T, i0: usize, i1: usize,
): void {
  assert(i0 <= i1);
  for (let i = i0; i < i1; ++i) {
    const at = i * n * sizeof<T>();
    const norm = sqrt(square_row<T>(n, w + at, d + at));
    if (norm == 0) continue;
    const gain = <f64>weight * (<f64>load<T>(magnitude + i * sizeof<T>()) / norm);
    scale_row<T>(n, w + at, d + at, acc + at, <T>gain);
  }
}

export function square_columns<T extends number>(
  n: usize, m: usize, w: usize, d: usize, sums: usize, j0: usize, j1: usize,
): void {
  assert(j0 <= j1 && j1 <= n);
  for (let i: usize = 0; i < m; ++i) {
    const p = w + i * n * sizeof<T>(), q = d + i * n * sizeof<T>();
    for (let j = j0; j < j1; ++j) {
      const v = <f64><T>(load<T>(p + j * sizeof<T>()) + load<T>(q + j * sizeof<T>()));
      store<f64>(sums + j * 8, load<f64>(sums + j * 8) + v * v);
    }
  }
}

export function scale_columns<T extends number>(
  n: usize, w: usize, d: usize, acc: usize, gain: usize, weight: T, i0: usize, i1: usize,
): void {
  assert(i0 <= i1);
  const lanes: usize = 16 / sizeof<T>(), body = n & ~(lanes - 1);
  for (let i = i0; i < i1; ++i) {
    const at = i * n * sizeof<T>();
    let j: usize = 0;
    for (; j < body; j += lanes) {
      const o = at + j * sizeof<T>();
      const v = v128.add<T>(v128.load(w + o), v128.load(d + o));
      const g = v128.mul<T>(v128.splat<T>(weight), v128.load(gain + j * sizeof<T>()));
      v128.store(acc + o, madd<T>(g, v, v128.load(acc + o)));
    }
    for (; j < n; ++j) {
      const o = at + j * sizeof<T>();
      const v = <T>(load<T>(w + o) + load<T>(d + o));
      const g = <T>(weight * load<T>(gain + j * sizeof<T>()));
      store<T>(acc + o, madd1<T>(g, v, load<T>(acc + o)));
    }
  }
}

/** Σ (w + d)² in f64: four partial sums, column j in sum j mod 4. */
function square_row<T extends number>(n: usize, w: usize, d: usize): f64 {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  const body = n & ~3;
  let j: usize = 0;
  for (; j < body; j += 4) {
    const o = j * sizeof<T>();
    let v0 = v128.add<T>(v128.load(w + o), v128.load(d + o)), v1: v128;
    if (sizeof<T>() == 4) {
      v1 = f64x2.promote_low_f32x4(high(v0));
      v0 = f64x2.promote_low_f32x4(v0);
    } else {
      v1 = v128.add<T>(v128.load(w + o, 16), v128.load(d + o, 16));
    }
    s0 = madd<f64>(v0, v0, s0);
    s1 = madd<f64>(v1, v1, s1);
  }
  const s = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; j < n; ++j) {
    const v = <f64><T>(load<T>(w + j * sizeof<T>()) + load<T>(d + j * sizeof<T>()));
    sum += v * v;
  }
  return sum;
}

/** acc += gain·(w + d). */
function scale_row<T extends number>(n: usize, w: usize, d: usize, acc: usize, gain: T): void {
  const lanes: usize = 16 / sizeof<T>(), body = n & ~(lanes - 1);
  const g = v128.splat<T>(gain);
  let j: usize = 0;
  for (; j < body; j += lanes) {
    const o = j * sizeof<T>();
    v128.store(acc + o, madd<T>(g, v128.add<T>(v128.load(w + o), v128.load(d + o)), v128.load(acc + o)));
  }
  for (; j < n; ++j) {
    const o = j * sizeof<T>();
    store<T>(acc + o, madd1<T>(gain, <T>(load<T>(w + o) + load<T>(d + o)), load<T>(acc + o)));
  }
}
