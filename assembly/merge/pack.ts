// pack_left, pack_right — the two factors of a low-rank product, laid out for the 4 × 2-vector tile.
//
//   left   m×r → panels of 4 rows:     dst[i / 4][k0 + k][i mod 4] = scale·src(i, k)
//   right  r×n → panels of P columns:  dst[j / P][k0 + k][j mod P] = src(k, j)          P = 8 for f32, 4 for f64: two vectors
//
// src      element (i, k) at src + (i·rs + k·cs) elements, so a transposed factor needs no copy
// r_total  depth of the panels; several factors side by side are packed one by one, each at its k0: their products then add
//          up inside one product of depth r_total
// scale    multiplies with one rounding
// The last panel is filled up with zeros, in the depths k0 … k0 + r − 1 only.
// Bytes    left ⌈m/4⌉·4·r_total, right ⌈n/P⌉·P·r_total elements of dst; any alignment; src and dst do not overlap

export function pack_left<T extends number>(
  m: usize, r: usize, r_total: usize, k0: usize, src: usize, rs: usize, cs: usize, scale: T, dst: usize,
): void {
  assert(k0 + r <= r_total);
  const panel = r_total * 4 * sizeof<T>();
  dst += 4 * k0 * sizeof<T>();
  for (let i: usize = 0; i < m; i += 4) {
    for (let s: usize = 0; s < 4; ++s) {
      const row = src + (i + s) * rs * sizeof<T>();
      for (let k: usize = 0; k < r; ++k) {
        const x = i + s < m ? <T>(scale * load<T>(row + k * cs * sizeof<T>())) : <T>0;
        store<T>(dst + (4 * k + s) * sizeof<T>(), x);
      }
    }
    dst += panel;
  }
}

export function pack_right<T extends number>(
  r: usize, n: usize, r_total: usize, k0: usize, src: usize, rs: usize, cs: usize, dst: usize,
): void {
  assert(k0 + r <= r_total);
  const columns: usize = 32 / sizeof<T>(); // P
  const body = cs == 1 ? n / columns * columns : 0; // whole panels of adjacent elements are copied as vectors
  for (let k: usize = 0; k < r; ++k) {
    let to = dst + (k0 + k) * 32;
    let j: usize = 0;
    for (; j < body; j += columns) {
      const from = src + (k * rs + j) * sizeof<T>();
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += r_total * 32;
    }
    for (; j < n; j += columns) {
      for (let s: usize = 0; s < columns; ++s) {
        const x = j + s < n ? load<T>(src + (k * rs + (j + s) * cs) * sizeof<T>()) : <T>0;
        store<T>(to + s * sizeof<T>(), x);
      }
      to += r_total * 32;
    }
  }
}
