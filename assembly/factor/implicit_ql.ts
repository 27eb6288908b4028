// implicit_ql — eigenvalues of a symmetric tridiagonal matrix, and its eigenvectors, by QL steps with Wilkinson's shift.
//
//   tridiag(d, e) = Zᵀ·diag(d')·Z        d: f64[n], e: f64[n − 1] · on return d holds the eigenvalues in no order
//
//   implicit_ql   z = 0: eigenvalues alone. Else z: n rows of `width` ≤ ldz numbers f64; every rotation is applied to its rows, so
//                 a z that began as the identity ends with an eigenvector in each row
//   ql_leaf       q ← the eigenvectors in rows, rounded to T        q: n×n, ldq ≥ n · work: f64[n·n]
//   Result        the QL steps made, or NO_CONVERGENCE after 30 for each eigenvalue
//
// Split  an eₖ with |eₖ| ≤ u·√|dₖ|·√|dₖ₊₁| or |eₖ| ≤ 10⁻¹⁴⁵ is zero, and the blocks are taken one by one
// Order  each block begins at the end where its diagonal is smaller, which keeps small eigenvalues of graded matrices: QL or QR
// Range  the caller scales the largest element to about 1
// Cost   about 1.7 steps for each eigenvalue, each 2 divisions and a square root for every row, 6·width flops with vectors
// Error  |λ̂ − λ| ≤ c·n·u·‖T‖, and Z orthogonal to c·n·u   Wilkinson, AEP, §8.50; Parlett, The Symmetric Eigenvalue Problem, §8.13
// LAPACK xSTEQR        Paper  Martin & Wilkinson, Numer. Math. 12 (1968) 377–383; Dubrulle, ibid. 15 (1970) 450
import { NO_CONVERGENCE } from "../core/status";
import { rot } from "../blas/rot";

const U: f64 = 1.1102230246251565e-16;
const STEPS: i32 = 30;
/** What is no longer counts as zero; its square has all its digits. */
const TINY: f64 = 1e-145;

export function implicit_ql(n: usize, d: usize, e: usize, z: usize, ldz: usize, width: usize): i32 {
  let steps: i32 = 0;
  for (let first: usize = 0; first < n; ) {
    let last = first;
    while (last + 1 < n && !negligible(d + last * 8, e + last * 8)) ++last;
    if (last + 1 < n) store<f64>(e + last * 8, 0);
    if (last > first) {
      const done = block(d, e, first, last, z, ldz, width);
      if (done < 0) return done;
      steps += done;
    }
    first = last + 1;
  }
  return steps;
}

export function ql_leaf<T extends number>(n: usize, d: usize, e: usize, q: usize, ldq: usize, work: usize): i32 {
  assert(ldq >= n);
  memory.fill(work, 0, n * n * 8);
  for (let i: usize = 0; i < n; ++i) store<f64>(work + (i * n + i) * 8, 1);
  const steps = implicit_ql(n, d, e, work, n, n);
  for (let i: usize = 0; i < n; ++i) {
    for (let j: usize = 0; j < n; ++j) store<T>(q + (i * ldq + j) * sizeof<T>(), <T>load<f64>(work + (i * n + j) * 8));
  }
  return steps;
}

// @ts-ignore: decorator
@inline
function negligible(d: usize, e: usize): bool {
  return abs<f64>(load<f64>(e)) <= U * sqrt<f64>(abs<f64>(load<f64>(d))) * sqrt<f64>(abs<f64>(load<f64>(d, 8))) + TINY;
}

/** Rows first … last of an unreduced block; `step` walks it from the end with the smaller diagonal element, the near end. */
function block(d: usize, e: usize, first: usize, last: usize, z: usize, ldz: usize, width: usize): i32 {
  const turned = abs<f64>(load<f64>(d + last * 8)) < abs<f64>(load<f64>(d + first * 8));
  const m = last - first;
  // Element i of the block, whichever way it is walked; eᵢ stands between dᵢ and dᵢ₊₁.
  const step: isize = turned ? -8 : 8;
  const d0 = d + (turned ? last : first) * 8;
  const e0 = turned ? e + (last - 1) * 8 : e + first * 8;
  const row: isize = (turned ? -1 : 1) * <isize>(ldz * 8);
  const z0 = z + (turned ? last : first) * ldz * 8;
  let steps: i32 = 0;
  for (let l: usize = 0; l <= m; ++l) {
    for (let count: i32 = 0; ; ++count) {
      let end = l;
      while (end < m && !small(d0, e0, step, end)) ++end;
      if (end < m) store<f64>(at(e0, step, end), 0);
      if (end == l) break;
      if (count == STEPS) return NO_CONVERGENCE;
      ql_step(d0, e0, step, l, end, z == 0 ? 0 : z0, row, width);
      ++steps;
    }
  }
  return steps;
}

// @ts-ignore: decorator
@inline
function at(p: usize, step: isize, i: usize): usize {
  return p + <usize>(<isize>i * step);
}

// @ts-ignore: decorator
@inline
function small(d0: usize, e0: usize, step: isize, i: usize): bool {
  const here = sqrt<f64>(abs<f64>(load<f64>(at(d0, step, i)))), next = sqrt<f64>(abs<f64>(load<f64>(at(d0, step, i + 1))));
  return abs<f64>(load<f64>(at(e0, step, i))) <= U * here * next + TINY;
}

/** One QL step on rows l … end: the bulge is made at the far end by the shift, and chased to the near one. */
function ql_step(d0: usize, e0: usize, step: isize, l: usize, end: usize, z0: usize, row: isize, width: usize): void {
  const dl = load<f64>(at(d0, step, l)), el = load<f64>(at(e0, step, l));
  const half = (load<f64>(at(d0, step, l + 1)) - dl) / (2 * el);
  const root = sqrt<f64>(half * half + 1);
  // d − shift at the far end; the shift is the eigenvalue nearer to dₗ of the 2×2 block at the near end.
  let g = load<f64>(at(d0, step, end)) - dl + el / (half + (half < 0 ? -root : root));
  let s: f64 = 1, c: f64 = 1, p: f64 = 0;
  for (let i = end; i > l; ) {
    --i;
    const ei = load<f64>(at(e0, step, i));
    const f = s * ei, b = c * ei;
    const square = f * f + g * g, lost = square <= TINY * TINY;
    const r = lost ? 0 : sqrt<f64>(square);
    if (i + 1 < end) store<f64>(at(e0, step, i + 1), r); // what stands behind the end belongs to another block
    if (lost) { // the block falls apart here; what is left of it goes on by itself
      const below = at(d0, step, i + 1);
      store<f64>(below, load<f64>(below) - p);
      return;
    }
    s = f / r;
    c = g / r;
    const next = at(d0, step, i + 1);
    const q = load<f64>(next) - p, di = load<f64>(at(d0, step, i));
    const t = (di - q) * s + 2 * c * b;
    p = s * t;
    store<f64>(next, q + p);
    g = c * t - b;
    if (z0 != 0) {
      const x = z0 + <usize>(<isize>i * row);
      rot<f64>(width, x + <usize>row, x, c, s); // z₍ᵢ₊₁₎ ← c·z₍ᵢ₊₁₎ + s·zᵢ, zᵢ ← c·zᵢ − s·z₍ᵢ₊₁₎
    }
  }
  store<f64>(at(d0, step, l), load<f64>(at(d0, step, l)) - p);
  store<f64>(at(e0, step, l), g);
}
