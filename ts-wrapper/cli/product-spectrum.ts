/** A dense matrix of doubles, row by row. */
export interface Dense {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

/** Rotations whose cosine is below this change nothing that a double can hold. */
const TOLERANCE = 2 ** -50;
/** One-sided Jacobi settles in fewer sweeps than this for every size met; the bound only keeps a loop from running for ever. */
const MAX_SWEEPS = 60;

/**
 * Singular values of left·right in descending order, min(rows, rank, cols) of them, without forming the product.
 *
 *   left = Q₁R₁, rightᵀ = Q₂R₂ (Householder)   ⇒   σ(left·right) = σ(R₁R₂ᵀ), a matrix of rank × rank
 *
 * The small one goes through one-sided Jacobi (Hestenes), which gives small values to high relative accuracy.
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., §5.2 and §8.6.3.
 */
export function productSpectrum(left: Dense, right: Dense): Float64Array {
  const r1 = triangle(left);
  const r2 = triangle(transpose(right));
  const rank = left.cols;
  const core = new Float64Array(r1.rows * r2.rows); // column j is core[j·rows …]
  for (let j = 0; j < r2.rows; j++) {
    for (let i = 0; i < r1.rows; i++) {
      let sum = 0;
      for (let k = Math.max(i, j); k < rank; k++) sum += r1.data[i * rank + k]! * r2.data[j * rank + k]!;
      core[j * r1.rows + i] = sum;
    }
  }
  return jacobiValues(core, r1.rows, r2.rows);
}

/** ‖M‖² = Σσ². */
export function energyOf(values: Float64Array): number {
  return values.reduce((sum, s) => sum + s * s, 0);
}

/** ‖M‖²/σ₁²: how many directions of equal strength would carry the energy; `undefined` for a zero matrix. */
export function stableRank(values: Float64Array): number | undefined {
  const top = values[0] ?? 0;
  return top > 0 ? energyOf(values) / (top * top) : undefined;
}

/** R of A = QR: min(m, n) × n, upper triangular. */
function triangle({ rows: m, cols: n, data }: Dense): Dense {
  const a = Float64Array.from(data);
  const steps = Math.min(m, n);
  for (let k = 0; k < steps; k++) {
    let norm = 0;
    for (let i = k; i < m; i++) norm = Math.hypot(norm, a[i * n + k]!);
    if (norm === 0) continue;
    const head = a[k * n + k]!;
    const alpha = head > 0 ? -norm : norm;
    const v0 = head - alpha;
    // v = (v0, a[k+1…, k]); vᵀv = 2·norm·(norm + |head|)
    const beta = 1 / (norm * (norm + Math.abs(head)));
    for (let j = k + 1; j < n; j++) {
      let dot = v0 * a[k * n + j]!;
      for (let i = k + 1; i < m; i++) dot += a[i * n + k]! * a[i * n + j]!;
      dot *= beta;
      a[k * n + j] = a[k * n + j]! - dot * v0;
      for (let i = k + 1; i < m; i++) a[i * n + j] = a[i * n + j]! - dot * a[i * n + k]!;
    }
    a[k * n + k] = alpha;
  }
  const r = new Float64Array(steps * n);
  for (let i = 0; i < steps; i++) r.set(a.subarray(i * n + i, i * n + n), i * n + i);
  return { rows: steps, cols: n, data: r };
}

function transpose({ rows, cols, data }: Dense): Dense {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j]!;
  return { rows: cols, cols: rows, data: out };
}

/** Lengths of the columns once they are made orthogonal by rotations; `a` holds n columns of m, one behind the other. */
function jacobiValues(a: Float64Array, m: number, n: number): Float64Array {
  for (let sweep = 0, rotated = true; rotated && sweep < MAX_SWEEPS; sweep++) {
    rotated = false;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) if (rotate(a.subarray(p * m, p * m + m), a.subarray(q * m, q * m + m))) rotated = true;
  }
  const lengths = Float64Array.from({ length: n }, (_, j) =>
    Math.sqrt(dotOf(a.subarray(j * m, j * m + m), a.subarray(j * m, j * m + m))),
  );
  return lengths.sort((x, y) => y - x).subarray(0, Math.min(m, n));
}

/** Makes two columns orthogonal; tells whether they were not. */
function rotate(x: Float64Array, y: Float64Array): boolean {
  const alpha = dotOf(x, x);
  const beta = dotOf(y, y);
  const gamma = dotOf(x, y);
  if (Math.abs(gamma) <= TOLERANCE * Math.sqrt(alpha * beta)) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const c = 1 / Math.hypot(1, t);
  for (let i = 0; i < x.length; i++) {
    const xi = x[i]!;
    x[i] = c * (xi - t * y[i]!);
    y[i] = c * (t * xi + y[i]!);
  }
  return true;
}

function dotOf(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}
