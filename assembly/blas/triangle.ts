// triangle — a triangular matrix and the columns that it is applied to, as panels: the working form of trmm and trsm.
//
//   tri_pack      T = op(A): m×m, of which A's one triangle is read
//                 → groups of 4 rows:     tri[g][k][i mod 4], k < 4(g + 1): what stands left of the diagonal, then its square
//   columns_in    α·B, n columns of m     → panels of P columns:  x[p][k][j mod P], P = 8 for f32, 4 for f64
//   columns_out   the way back
//
// An upper triangular T is turned around, T'[i, j] = T[m−1−i, m−1−j], and so are the rows of B: then it is a lower one, and forward
// substitution is all there is. Rows are filled up to a multiple of 4 with those of the identity and with zeros, columns with zeros.
//
// upper    not 0: A's upper triangle is read, else its lower one; the other is never read
// trans    not 0: op(A) = Aᵀ
// unit     not 0: the diagonal counts as 1 and is not read
// right    0: columns are those of B: m×n, ldb ≥ n; else they are the rows of B: n×m, ldb ≥ m
// turned   not 0: T is upper triangular
// g0, g1   groups written, each on its own · p0, p1: panels written or read, each on its own
// Work     tri_work(m) and columns_work(m, n) bytes
// Bytes    reads and writes matrices to the last element and no further; any alignment; nothing overlaps
import { COLS, ROWS } from "./blocking";
import { gemm_pack_a } from "./gemm_pack";
import { transpose_square } from "./transpose";

/** m in whole groups of rows. */
// @ts-ignore: decorator
@inline
export function padded(m: usize): usize {
  return (m + ROWS - 1) / ROWS * ROWS;
}

/** Bytes in front of group g. */
// @ts-ignore: decorator
@inline
export function group_at<T>(g: usize): usize {
  return g * (g + 1) / 2 * ROWS * ROWS * sizeof<T>();
}

export function tri_work<T>(m: usize): usize {
  return group_at<T>(padded(m) / ROWS);
}

export function columns_work<T>(m: usize, n: usize): usize {
  return (n + COLS<T>() - 1) / COLS<T>() * padded(m) * 32;
}

export function tri_pack<T extends number>(
  upper: i32, trans: i32, unit: i32, m: usize, a: usize, lda: usize, tri: usize, g0: usize, g1: usize,
): void {
  assert(lda >= m && g0 <= g1);
  const turned = (upper != 0) != (trans != 0);
  let p = a, rs = (trans ? <usize>1 : lda) * sizeof<T>(), cs = (trans ? lda : <usize>1) * sizeof<T>();
  if (turned) {
    p += (m - 1) * (rs + cs);
    rs = 0 - rs;
    cs = 0 - cs;
  }
  for (let g = g0; g < g1; ++g) {
    const i = g * ROWS, rows = min(ROWS, m - i);
    let dst = tri + group_at<T>(g);
    if (!turned) gemm_pack_a<T>(trans, rows, i, a, lda, i, 0, dst);
    else pack_turned<T>(rows, i, p + i * rs, rs, cs, dst);
    dst += i * ROWS * sizeof<T>();
    pack_square<T>(rows, unit, p + i * (rs + cs), rs, cs, dst);
  }
}

function pack_turned<T extends number>(rows: usize, depth: usize, p: usize, rs: usize, cs: usize, dst: usize): void {
  for (let k: usize = 0; k < depth; ++k, p += cs) {
    for (let s: usize = 0; s < ROWS; ++s, dst += sizeof<T>()) store<T>(dst, s < rows ? load<T>(p + s * rs) : <T>0);
  }
}

/** The square on the diagonal, column by column, zeros above it. */
function pack_square<T extends number>(rows: usize, unit: i32, p: usize, rs: usize, cs: usize, dst: usize): void {
  for (let k: usize = 0; k < ROWS; ++k) {
    for (let s: usize = 0; s < ROWS; ++s, dst += sizeof<T>()) {
      let value = <T>(s == k ? 1 : 0);
      if (s < rows && (k < s || (k == s && !unit))) value = load<T>(p + s * rs + k * cs);
      store<T>(dst, value);
    }
  }
}

export function columns_in<T extends number>(
  right: i32, turned: i32, m: usize, n: usize, alpha: T, b: usize, ldb: usize, x: usize, p0: usize, p1: usize,
): void {
  const cols = COLS<T>(), size = padded(m) * 32, factor = v128.splat<T>(alpha);
  for (let p = p0; p < p1; ++p) {
    const panel = x + p * size, j = p * cols, count = min(cols, n - j);
    if (alpha == 0) {
      memory.fill(panel, 0, size);
      continue;
    }
    memory.fill(panel + m * 32, 0, size - m * 32);
    if (right && !turned && count == cols) transpose_in<T>(m, b + j * ldb * sizeof<T>(), ldb * sizeof<T>(), panel);
    else if (!right && count == cols) copy_rows<T>(m, turned, b + j * sizeof<T>(), ldb * sizeof<T>(), panel, true);
    else copy_elements<T>(m, turned, count, b, right ? 1 : ldb, right ? ldb : 1, j, panel, true);
    if (alpha != 1) for (let q = panel, end = panel + m * 32; q < end; q += 16) v128.store(q, v128.mul<T>(factor, v128.load(q)));
  }
}

export function columns_out<T extends number>(
  right: i32, turned: i32, m: usize, n: usize, b: usize, ldb: usize, x: usize, p0: usize, p1: usize,
): void {
  const cols = COLS<T>(), size = padded(m) * 32;
  for (let p = p0; p < p1; ++p) {
    const panel = x + p * size, j = p * cols, count = min(cols, n - j);
    if (right && !turned && count == cols) transpose_out<T>(m, b + j * ldb * sizeof<T>(), ldb * sizeof<T>(), panel);
    else if (!right && count == cols) copy_rows<T>(m, turned, b + j * sizeof<T>(), ldb * sizeof<T>(), panel, false);
    else copy_elements<T>(m, turned, count, b, right ? 1 : ldb, right ? ldb : 1, j, panel, false);
  }
}

/** m rows of 32 bytes, `step` bytes apart in B; `into`: from B to the panel, else back. */
function copy_rows<T>(m: usize, turned: i32, b: usize, step: usize, panel: usize, into: bool): void {
  if (turned) b += (m - 1) * step;
  if (turned) step = 0 - step;
  for (let k: usize = 0; k < m; ++k, b += step, panel += 32) {
    const from = into ? b : panel, to = into ? panel : b;
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
}

/** Element (k, j + s) of the columns lies k·rs + (j + s)·cs elements behind b; s < count. */
function copy_elements<T extends number>(
  m: usize, turned: i32, count: usize, b: usize, rs: usize, cs: usize, j: usize, panel: usize, into: bool,
): void {
  for (let k: usize = 0; k < m; ++k) {
    const row = b + ((turned ? m - 1 - k : k) * rs + j * cs) * sizeof<T>();
    for (let s: usize = 0; s < COLS<T>(); ++s) {
      const q = panel + k * 32 + s * sizeof<T>();
      if (!into) {
        if (s < count) store<T>(row + s * cs * sizeof<T>(), load<T>(q));
      } else {
        store<T>(q, s < count ? load<T>(row + s * cs * sizeof<T>()) : <T>0);
      }
    }
  }
}

/** P whole rows of B, `step` bytes apart, become the columns of a panel. */
function transpose_in<T extends number>(m: usize, b: usize, step: usize, panel: usize): void {
  const lanes: usize = 16 / sizeof<T>(), body = m & ~(lanes - 1);
  for (let k: usize = 0; k < body; k += lanes) {
    transpose_square<T>(b + k * sizeof<T>(), step, panel + k * 32, 32);
    transpose_square<T>(b + lanes * step + k * sizeof<T>(), step, panel + k * 32 + 16, 32);
  }
  for (let k = body; k < m; ++k) {
    for (let s: usize = 0; s < 2 * lanes; ++s) {
      store<T>(panel + k * 32 + s * sizeof<T>(), load<T>(b + s * step + k * sizeof<T>()));
    }
  }
}

function transpose_out<T extends number>(m: usize, b: usize, step: usize, panel: usize): void {
  const lanes: usize = 16 / sizeof<T>(), body = m & ~(lanes - 1);
  for (let k: usize = 0; k < body; k += lanes) {
    transpose_square<T>(panel + k * 32, 32, b + k * sizeof<T>(), step);
    transpose_square<T>(panel + k * 32 + 16, 32, b + lanes * step + k * sizeof<T>(), step);
  }
  for (let k = body; k < m; ++k) {
    for (let s: usize = 0; s < 2 * lanes; ++s) {
      store<T>(b + s * step + k * sizeof<T>(), load<T>(panel + k * 32 + s * sizeof<T>()));
    }
  }
}
