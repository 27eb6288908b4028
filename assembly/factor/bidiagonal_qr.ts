// bidiagonal_qr — singular values of a bidiagonal matrix, and the rotations on the way applied to rows.
//
//   B = Q·S·Pᵀ       B: n×(n + extra) upper bidiagonal, d: its diagonal, e: what stands right of it · S = diag(d) ≥ 0, not sorted
//   u ← Qᵀ·u         u: n×nu, ldu ≥ nu · v ← Pᵀ·v   v: (n + extra)×nv, ldv ≥ nv; nu = nv = 0: values alone
//
// extra    0, or 1: one more column, of which e[n − 1] is the only element. Its vector is the last row of v.
// d, e     f64[n], f64[n − 1 + extra]; e is left without meaning. All of it is done in f64
// Answers  the QR sweeps it took, NO_CONVERGENCE after LIMIT·n² steps of a sweep, or NOT_FINITE
// Bytes    exactly the elements named; u, v, d, e do not overlap
// Cost     about 2n sweeps of n/2 steps; a step rotates two rows of u and two of v
// Error    each singular value to c·n²·u of itself (Demmel & Kahan, theorem 6); vectors orthonormal to c·n·u
// LAPACK   xBDSQR, xLASDQ    Paper  Demmel & Kahan, SIAM J. Sci. Stat. Comput. 11 (1990) 873–912: sweeps from the larger end, shift zero
//          where a shift would cost digits, elements set to zero when no singular value changes by more than rounding
import { rot } from "../blas/rot";
import { scal } from "../blas/scal";
import { NO_CONVERGENCE, NOT_FINITE } from "../core/status";

const U: f64 = 1.1102230246251565e-16; // 2⁻⁵³
/** Elements this small against their neighbours are zero: 10 roundings to 100, as LAPACK has it. */
const TOLERANCE: f64 = 98 * U;
const LIMIT: usize = 6;

export function bidiagonal_qr(
  n: usize, extra: usize, d: usize, e: usize, u: usize, ldu: usize, nu: usize, v: usize, ldv: usize, nv: usize,
): i32 {
  assert(extra <= 1 && ldu >= nu && ldv >= nv);
  if (n == 0) return 0;
  if (!finite(n, d) || !finite(n - 1 + extra, e)) return NOT_FINITE;
  if (extra) fold(n, d, e, v, ldv, nv);
  const floor = negligible(n, d, e);
  let sweeps = 0;
  let steps = LIMIT * n * n;
  let down = true, end: usize = n, start: usize = n;
  for (let m: usize = n - 1; m > 0; ) {
    // The block: from `ll` to m, no element beside its diagonal is zero.
    if (abs(at(e, m - 1)) <= floor) {
      store<f64>(e + (m - 1) * 8, 0);
      --m;
      continue;
    }
    let ll = m - 1;
    while (ll > 0 && abs(at(e, ll - 1)) > floor) --ll;
    if (ll > 0) store<f64>(e + (ll - 1) * 8, 0);
    if (ll >= end || m < start || end == n) down = abs(at(d, ll)) >= abs(at(d, m)); // another block, its own direction
    start = ll;
    end = m;
    const smallest = down ? split_down(d, e, ll, m) : split_up(d, e, ll, m);
    if (smallest < 0) continue; // it fell in two
    if (steps < m - ll) return NO_CONVERGENCE;
    steps -= m - ll;
    ++sweeps;
    const shift = shift_for(n, d, e, ll, m, down, smallest);
    if (shift == 0) {
      if (down) zero_down(d, e, ll, m, u, ldu, nu, v, ldv, nv);
      else zero_up(d, e, ll, m, u, ldu, nu, v, ldv, nv);
    } else {
      if (down) shifted_down(shift, d, e, ll, m, u, ldu, nu, v, ldv, nv);
      else shifted_up(shift, d, e, ll, m, u, ldu, nu, v, ldv, nv);
    }
  }
  for (let i: usize = 0; i < n; ++i) {
    if (at(d, i) >= 0) continue;
    store<f64>(d + i * 8, -at(d, i));
    scal<f64>(nv, -1, v + i * ldv * 8);
  }
  return sweeps;
}

function finite(n: usize, x: usize): bool {
  for (let i: usize = 0; i < n; ++i) if (at(x, i) - at(x, i) != 0) return false;
  return true;
}

/** Rotates the extra column away, from the bottom up: each rotation moves its element one row higher. */
function fold(n: usize, d: usize, e: usize, v: usize, ldv: usize, nv: usize): void {
  let f = at(e, n - 1);
  for (let i = n; i-- > 0 && f != 0; ) {
    const x = at(d, i), r = length(x, f), c = r == 0 ? 1 : x / r, s = r == 0 ? 0 : f / r;
    store<f64>(d + i * 8, r);
    rot<f64>(nv, v + i * ldv * 8, v + n * ldv * 8, c, s);
    if (i == 0) return;
    f = -s * at(e, i - 1);
    store<f64>(e + (i - 1) * 8, c * at(e, i - 1));
  }
}

/** What may be set to zero beside the diagonal, from a lower bound of the smallest singular value. */
function negligible(n: usize, d: usize, e: usize): f64 {
  let bound = abs(at(d, 0)), mu = bound;
  for (let i: usize = 1; i < n && bound != 0; ++i) {
    mu = abs(at(d, i)) * (mu / (mu + abs(at(e, i - 1))));
    bound = min(bound, mu);
  }
  return max(TOLERANCE * bound / sqrt(<f64>n), <f64>n * 6 * <f64>n * f64.MIN_NORMAL_VALUE);
}

/** Sets one element to zero if that changes no singular value and answers −1; else a lower bound of the smallest one in the block. */
function split_down(d: usize, e: usize, ll: usize, m: usize): f64 {
  if (abs(at(e, m - 1)) <= TOLERANCE * abs(at(d, m))) {
    store<f64>(e + (m - 1) * 8, 0);
    return -1;
  }
  let mu = abs(at(d, ll)), smallest = mu;
  for (let i = ll; i < m; ++i) {
    const x = abs(at(e, i));
    if (x <= TOLERANCE * mu) {
      store<f64>(e + i * 8, 0);
      return -1;
    }
    mu = abs(at(d, i + 1)) * (mu / (mu + x));
    smallest = min(smallest, mu);
  }
  return smallest;
}

function split_up(d: usize, e: usize, ll: usize, m: usize): f64 {
  if (abs(at(e, ll)) <= TOLERANCE * abs(at(d, ll))) {
    store<f64>(e + ll * 8, 0);
    return -1;
  }
  let mu = abs(at(d, m)), smallest = mu;
  for (let i = m; i > ll; --i) {
    const x = abs(at(e, i - 1));
    if (x <= TOLERANCE * mu) {
      store<f64>(e + (i - 1) * 8, 0);
      return -1;
    }
    mu = abs(at(d, i - 1)) * (mu / (mu + x));
    smallest = min(smallest, mu);
  }
  return smallest;
}

/** The smaller singular value of the 2×2 block at the end that converges; 0 where it would cost the small values their digits. */
function shift_for(n: usize, d: usize, e: usize, ll: usize, m: usize, down: bool, smallest: f64): f64 {
  let largest = abs(at(d, m));
  for (let i = ll; i < m; ++i) largest = max(largest, max(abs(at(d, i)), abs(at(e, i))));
  if (<f64>n * TOLERANCE * (smallest / largest) <= U) return 0;
  const head = abs(at(d, down ? ll : m));
  const shift = down ? smaller(at(d, m - 1), at(e, m - 1), at(d, m)) : smaller(at(d, ll), at(e, ll), at(d, ll + 1));
  if (head > 0 && (shift / head) * (shift / head) < U) return 0;
  return shift;
}

/** The smaller singular value of [f g; 0 h]. LAPACK xLAS2 */
function smaller(f: f64, g: f64, h: f64): f64 {
  f = abs(f);
  g = abs(g);
  h = abs(h);
  const lo = min(f, h), hi = max(f, h);
  if (lo == 0) return 0;
  if (g < hi) {
    const s = 1 + lo / hi, t = (hi - lo) / hi, q = (g / hi) * (g / hi);
    return lo * (2 / (sqrt(s * s + q) + sqrt(t * t + q)));
  }
  const r = hi / g;
  if (r == 0) return lo * hi / g;
  const s = (1 + lo / hi) * r, t = ((hi - lo) / hi) * r;
  return 2 * (lo * (1 / (sqrt(1 + s * s) + sqrt(1 + t * t)))) * r;
}

function zero_down(d: usize, e: usize, ll: usize, m: usize, u: usize, ldu: usize, nu: usize, v: usize, ldv: usize, nv: usize): void {
  let c: f64 = 1, before: f64 = 1, sine: f64 = 0;
  for (let i = ll; i < m; ++i) {
    let f = at(d, i) * c, g = at(e, i), r = length(f, g), s: f64 = r == 0 ? 0 : g / r;
    c = r == 0 ? 1 : f / r;
    if (i > ll) store<f64>(e + (i - 1) * 8, sine * r);
    turn(v, ldv, nv, i, c, s);
    f = before * r;
    g = at(d, i + 1) * s;
    r = length(f, g);
    before = r == 0 ? 1 : f / r;
    sine = r == 0 ? 0 : g / r;
    store<f64>(d + i * 8, r);
    turn(u, ldu, nu, i, before, sine);
  }
  const h = at(d, m) * c;
  store<f64>(d + m * 8, h * before);
  store<f64>(e + (m - 1) * 8, h * sine);
}

function zero_up(d: usize, e: usize, ll: usize, m: usize, u: usize, ldu: usize, nu: usize, v: usize, ldv: usize, nv: usize): void {
  let c: f64 = 1, before: f64 = 1, sine: f64 = 0;
  for (let i = m; i > ll; --i) {
    let f = at(d, i) * c, g = at(e, i - 1), r = length(f, g), s: f64 = r == 0 ? 0 : g / r;
    c = r == 0 ? 1 : f / r;
    if (i < m) store<f64>(e + i * 8, sine * r);
    turn(u, ldu, nu, i - 1, c, -s);
    f = before * r;
    g = at(d, i - 1) * s;
    r = length(f, g);
    before = r == 0 ? 1 : f / r;
    sine = r == 0 ? 0 : g / r;
    store<f64>(d + i * 8, r);
    turn(v, ldv, nv, i - 1, before, -sine);
  }
  const h = at(d, ll) * c;
  store<f64>(d + ll * 8, h * before);
  store<f64>(e + ll * 8, h * sine);
}

function shifted_down(
  shift: f64, d: usize, e: usize, ll: usize, m: usize, u: usize, ldu: usize, nu: usize, v: usize, ldv: usize, nv: usize,
): void {
  let f = start(at(d, ll), shift), g = at(e, ll);
  for (let i = ll; i < m; ++i) {
    let r = length(f, g), c = f / r, s = g / r, x = at(d, i), y = at(e, i), z = at(d, i + 1);
    if (i > ll) store<f64>(e + (i - 1) * 8, r);
    turn(v, ldv, nv, i, c, s);
    f = c * x + s * y;
    y = c * y - s * x;
    g = s * z;
    z = c * z;
    r = length(f, g);
    c = r == 0 ? 1 : f / r;
    s = r == 0 ? 0 : g / r;
    turn(u, ldu, nu, i, c, s);
    store<f64>(d + i * 8, r);
    f = c * y + s * z;
    store<f64>(d + (i + 1) * 8, c * z - s * y);
    if (i + 1 < m) {
      g = s * at(e, i + 1);
      store<f64>(e + (i + 1) * 8, c * at(e, i + 1));
    }
  }
  store<f64>(e + (m - 1) * 8, f);
}

function shifted_up(
  shift: f64, d: usize, e: usize, ll: usize, m: usize, u: usize, ldu: usize, nu: usize, v: usize, ldv: usize, nv: usize,
): void {
  let f = start(at(d, m), shift), g = at(e, m - 1);
  for (let i = m; i > ll; --i) {
    let r = length(f, g), c = f / r, s = g / r, x = at(d, i), y = at(e, i - 1), z = at(d, i - 1);
    if (i < m) store<f64>(e + i * 8, r);
    turn(u, ldu, nu, i - 1, c, -s);
    f = c * x + s * y;
    y = c * y - s * x;
    g = s * z;
    z = c * z;
    r = length(f, g);
    c = r == 0 ? 1 : f / r;
    s = r == 0 ? 0 : g / r;
    turn(v, ldv, nv, i - 1, c, -s);
    store<f64>(d + i * 8, r);
    f = c * y + s * z;
    store<f64>(d + (i - 1) * 8, c * z - s * y);
    if (i > ll + 1) {
      g = s * at(e, i - 2);
      store<f64>(e + (i - 2) * 8, c * at(e, i - 2));
    }
  }
  store<f64>(e + ll * 8, f);
}

/** (d² − shift²)/d without cancellation beyond the subtraction itself. */
// @ts-ignore: decorator
@inline
function start(d: f64, shift: f64): f64 {
  return (abs(d) - shift) * (copysign<f64>(1, d) + shift / d);
}

/** Rows i and i + 1. */
// @ts-ignore: decorator
@inline
function turn(x: usize, ld: usize, n: usize, i: usize, c: f64, s: f64): void {
  if (n != 0) rot<f64>(n, x + i * ld * 8, x + (i + 1) * ld * 8, c, s);
}

/** √(f² + g²), also where squares vanish; nothing here is near overflow. */
function length(f: f64, g: f64): f64 {
  if (g == 0) return abs(f);
  if (f == 0) return abs(g);
  const square = f * f + g * g;
  if (square > 1e-280) return sqrt(square);
  const up = reinterpret<f64>(<u64>(1023 + 600) << 52), down = reinterpret<f64>(<u64>(1023 - 600) << 52);
  f *= up;
  g *= up;
  return sqrt(f * f + g * g) * down;
}

// @ts-ignore: decorator
@inline
function at(x: usize, i: usize): f64 {
  return load<f64>(x + i * 8);
}
