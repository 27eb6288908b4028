// gemm_pack_a, gemm_pack_b — parts of op(A) and op(B) as panels, in the order in which the tile reads them.
//
//   A   rows × depth → panels of 4 rows:     dst[i / 4][k][i mod 4]        the last panel filled up with zeros
//   B   k × n        → panels of P columns:  dst[j / P][k][j mod P]        P = 8 for f32, 4 for f64, filled up with zeros
//
// trans   0: stored as op, row-major; else stored transposed
// p0, p1  panels of B written, each on its own
// Bytes   reads no element outside the part, writes whole panels; any alignment; nothing overlaps
import { COLS } from "./blocking";

/** Rows i0 … i0 + rows − 1, depth k0 … k0 + depth − 1 of op(A). */
export function gemm_pack_a<T extends number>(
  trans: i32, rows: usize, depth: usize, a: usize, lda: usize, i0: usize, k0: usize, dst: usize,
): void {
  // Element (i, k) lies at a + (i·rs + k·cs) elements.
  const rs = (trans ? <usize>1 : lda) * sizeof<T>(), cs = (trans ? lda : <usize>1) * sizeof<T>();
  let p = a + i0 * rs + k0 * cs;
  for (let i: usize = 0; i < rows; i += 4, p += 4 * rs) {
    if (i + 4 <= rows) {
      for (let k: usize = 0, q = p; k < depth; ++k, q += cs, dst += 4 * sizeof<T>()) {
        store<T>(dst, load<T>(q));
        store<T>(dst, load<T>(q + rs), sizeof<T>());
        store<T>(dst, load<T>(q + 2 * rs), 2 * sizeof<T>());
        store<T>(dst, load<T>(q + 3 * rs), 3 * sizeof<T>());
      }
    } else {
      for (let k: usize = 0, q = p; k < depth; ++k, q += cs, dst += 4 * sizeof<T>()) {
        for (let s: usize = 0; s < 4; ++s) store<T>(dst + s * sizeof<T>(), i + s < rows ? load<T>(q + s * rs) : <T>0);
      }
    }
  }
}

export function gemm_pack_b<T extends number>(
  trans: i32, k: usize, n: usize, b: usize, ldb: usize, dst: usize, p0: usize, p1: usize,
): void {
  assert(p0 <= p1);
  const cols = COLS<T>();
  // Element (k, j) lies at b + (k·rs + j·cs) elements.
  const rs = (trans ? <usize>1 : ldb) * sizeof<T>(), cs = (trans ? ldb : <usize>1) * sizeof<T>();
  dst += p0 * k * 32;
  for (let j = p0 * cols; j < min(n, p1 * cols); j += cols) {
    let q = b + j * cs;
    if (!trans && j + cols <= n) {
      for (let i: usize = 0; i < k; ++i, q += rs, dst += 32) {
        v128.store(dst, v128.load(q));
        v128.store(dst, v128.load(q, 16), 16);
      }
    } else {
      for (let i: usize = 0; i < k; ++i, q += rs, dst += 32) {
        for (let s: usize = 0; s < cols; ++s) store<T>(dst + s * sizeof<T>(), j + s < n ? load<T>(q + s * cs) : <T>0);
      }
    }
  }
}
