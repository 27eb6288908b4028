// jacobi — one sweep of one-sided Jacobi rotations over the rows of a matrix.
//
//   W ← J·W        W = [X | G]: rows×width row-major, X its first n columns · J orthogonal, a product of plane rotations
//
// Every pair of rows of X is made orthogonal, unless |x·y| ≤ tol·‖x‖·‖y‖ already. Repeated until a sweep rotates nothing, the norms
// of X's rows are the singular values, the rows over their norms the right singular vectors, and G, begun with an orthogonal G₀,
// holds the left ones: J·X₀ = Σ·Vᵀ and G = J·G₀.
//
//   w       ld ≥ width ≥ n
//   tiny    rows of X of norm ≤ tiny are set to zero: below it squares lose their digits
//   norms   f64[rows], the norms of X's rows, computed at the start and kept up to date
//   peak    f64, on return the largest |cosine| that a pair had when its turn came
//   Result  the rotations made; 0 means that every pair is within tol, and that norms are as computed at the start
//
// Order   by rows, the largest row left brought to the front before its turn   de Rijk, SISSC 10 (1989) 359–371
// Zero    rows of norm 0 are left alone and end up last
// Range   the caller scales by a power of two, so that the squares of rows above tiny neither overflow nor vanish
// Bytes   exactly the elements named
// Cost    2n flops for each pair, and 8·width for each rotation
// Error   each row of X changes by ≤ c·u of its own norm per rotation, so the singular values of D·Y are as accurate as those of Y
//         allow, whatever the diagonal D   Demmel & Veselić, SIMAX 13 (1992) 1204–1245
// LAPACK  xGSVJ0
import { dot } from "../blas/dot";
import { argmax, swap, swap_rows } from "./pivot";
import { rotate } from "./rotate";

export function jacobi_sweep<T extends number>(
  rows: usize, n: usize, width: usize, w: usize, ld: usize, tol: f64, tiny: f64, norms: usize, peak: usize,
): i32 {
  assert(ld >= width && width >= n);
  const step = ld * sizeof<T>();
  let rotations: i32 = 0;
  let most: f64 = 0;
  for (let i: usize = 0; i < rows; ++i) store<f64>(norms + i * 8, measure<T>(n, w + i * step, tiny));
  for (let p: usize = 0; p < rows; ++p) {
    const x = w + p * step;
    const largest = argmax(p, rows, norms);
    if (largest != p) {
      swap_rows<T>(width, x, w + largest * step);
      swap<f64>(norms, p, largest);
    }
    let a = load<f64>(norms + p * 8); // ‖x‖
    for (let q = p + 1; q < rows; ++q) {
      const y = w + q * step;
      const b = load<f64>(norms + q * 8); // ‖y‖
      if (b == 0) continue;
      const product = <f64>dot<T>(n, x, y), size = abs<f64>(product), scale = a * b;
      if (size > most * scale) most = size / scale;
      if (size <= tol * scale) continue;
      const cosine = product / a / b;
      const t = tangent(a / b, b / a, cosine);
      const c = 1 / sqrt<f64>(1 + t * t);
      rotate<T>(width, x, y, <T>(c * t), <T>(c * t / (1 + c)));
      a *= sqrt<f64>(1 + t * cosine * (b / a));
      const left = 1 - t * cosine * (a / b); // of ‖y‖²
      store<f64>(norms + q * 8, left > LITTLE ? b * sqrt<f64>(left) : norm<T>(n, y));
      ++rotations;
    }
    store<f64>(norms + p * 8, a);
  }
  store<f64>(peak, most);
  return rotations;
}

/** When less than this is left of a square, its norm is taken anew: norms only steer the angles, 20 of 24 bits are plenty. */
const LITTLE: f64 = 0.0625;

/** ‖x‖, or 0 and x cleared where that is too small. */
function measure<T extends number>(n: usize, x: usize, tiny: f64): f64 {
  const length = norm<T>(n, x);
  if (length > tiny) return length;
  memory.fill(x, 0, n * sizeof<T>());
  return 0;
}

function norm<T extends number>(n: usize, x: usize): f64 {
  return sqrt<f64>(<f64>dot<T>(n, x, x));
}

/** tan θ of the smaller rotation that makes two vectors orthogonal, from the ratios of their norms, p = 1/q, and their cosine. */
function tangent(p: f64, q: f64, cosine: f64): f64 {
  if (q < 1e-9) return cosine * q; // the limit, where p − q may overflow over the cosine
  const zeta = (p - q) / (2 * cosine);
  const root = abs<f64>(zeta) + sqrt<f64>(1 + zeta * zeta);
  return zeta >= 0 ? 1 / root : -1 / root;
}
