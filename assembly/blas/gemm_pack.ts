// gemm_pack_a, gemm_pack_b — parts of op(A) and op(B) as panels, in the order in which the tile reads them.
//
//   A   rows × depth → panels of 4 rows:     dst[i / 4][k][i mod 4]        the last panel filled up with zeros
//   B   k × n        → panels of P columns:  dst[j / P][k][j mod P]        P = 8 for f32, 4 for f64, filled up with zeros
//
// trans   0: stored as op, row-major; else stored transposed
// p0, p1  panels of B written, each on its own
// Bytes   reads no element outside the part, writes whole panels; any alignment; nothing overlaps
import { COLS } from "./blocking";
import { transpose_square } from "./transpose";

/** Rows i0 … i0 + rows − 1, depth k0 … k0 + depth − 1 of op(A). */
export function gemm_pack_a<T extends number>(
  trans: i32, rows: usize, depth: usize, a: usize, lda: usize, i0: usize, k0: usize, dst: usize,
): void {
  // Element (i, k) lies at a + (i·rs + k·cs) elements.
  const rs = (trans ? <usize>1 : lda) * sizeof<T>(), cs = (trans ? lda : <usize>1) * sizeof<T>();
  const panel = depth * 4 * sizeof<T>();
  let p = a + i0 * rs + k0 * cs;
  for (let i: usize = 0; i < rows; i += 4, p += 4 * rs, dst += panel) {
    if (i + 4 > rows) pack_rows<T>(rows - i, depth, p, rs, cs, dst);
    else if (trans) copy_columns<T>(depth, p, cs, dst);
    else transpose_rows<T>(depth, p, rs, dst);
  }
}

/** A panel of which the 4 rows are adjacent elements: depth times 4 of them, `cs` bytes apart. */
function copy_columns<T>(depth: usize, p: usize, cs: usize, dst: usize): void {
  for (let k: usize = 0; k < depth; ++k, p += cs, dst += 4 * sizeof<T>()) {
    v128.store(dst, v128.load(p));
    if (sizeof<T>() == 8) v128.store(dst, v128.load(p, 16), 16);
  }
}

/** A panel of 4 rows that lie `rs` bytes apart. */
function transpose_rows<T extends number>(depth: usize, p: usize, rs: usize, dst: usize): void {
  const lanes: usize = 16 / sizeof<T>();
  const body = depth & ~(lanes - 1);
  let k: usize = 0;
  for (; k < body; k += lanes, p += 16, dst += 64) {
    transpose_square<T>(p, rs, dst, 4 * sizeof<T>());
    if (sizeof<T>() == 8) transpose_square<T>(p + 2 * rs, rs, dst + 16, 4 * sizeof<T>());
  }
  pack_rows<T>(4, depth - body, p, rs, sizeof<T>(), dst);
}

/** A panel of up to 4 rows, element by element, with zeros for the rows that are missing. */
function pack_rows<T extends number>(rows: usize, depth: usize, p: usize, rs: usize, cs: usize, dst: usize): void {
  for (let k: usize = 0; k < depth; ++k, p += cs, dst += 4 * sizeof<T>()) {
    for (let s: usize = 0; s < 4; ++s) store<T>(dst + s * sizeof<T>(), s < rows ? load<T>(p + s * rs) : <T>0);
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
