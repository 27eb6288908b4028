// eigen_secular — eigenvalues of a diagonal matrix with a rank-one change: the roots of the secular equation.
//
//   diag(d) + ρ·z·zᵀ        f(λ) = 1 + ρ·Σ zⱼ²/(dⱼ − λ) = 0        d: f64[k] ascending, no two equal · z: f64[k], none zero · ρ > 0
//
//   eigen_secular_roots   root i of i0 … i1−1, between dᵢ and dᵢ₊₁ (the last: below d₍ₖ₋₁₎ + ρ‖z‖²), as its distance from the nearer pole:
//                   λᵢ = d[origin[i]] + mu[i]        origin: u32[k] · mu: f64[k] · steps: i32[k], or NO_CONVERGENCE
//
// A difference dⱼ − λᵢ is then (dⱼ − d[origin]) − mu, with every digit right, however close pole and root lie: all that follows
// uses these and never λ itself.
//
// Steps  f is ψ + φ + 1, ψ with the poles up to dᵢ, φ with those behind. A step puts a simple pole at dᵢ for ψ and at dᵢ₊₁ for φ,
//        each with value and slope of its sum, and takes the root of that (the middle way). Where it leaves the bracket, the bracket is
//        halved. It ends when |f| is within what rounding can do to it: (k + 8)·u·(1 + |ψ| + |φ|)
// Range  the caller scales d and ρ to about 1
// Bytes  d, z read; entries i of origin, mu and steps written
// Cost   about 4 steps for each root, 5k flops and k divisions a step
// LAPACK xLAED4        Papers  Li, LAPACK working note 89 (1993); Bunch, Nielsen & Sorensen, Numer. Math. 31 (1978) 31–48
import { hsum } from "../core/simd";
import { NO_CONVERGENCE } from "../core/status";

const U: f64 = 1.1102230246251565e-16;
const STEPS: i32 = 400;

export function eigen_secular_roots(
  k: usize, d: usize, z: usize, rho: f64, origin: usize, mu: usize, steps: usize, i0: usize, i1: usize,
): void {
  for (let i = i0; i < i1; ++i) root(k, i, d, z, rho, origin + i * 4, mu + i * 8, steps + i * 4);
}

function root(k: usize, i: usize, d: usize, z: usize, rho: f64, origin: usize, mu: usize, steps: usize): void {
  const last = i + 1 == k;
  // The poles of ψ are those before `cut`, the pair that steps are made with stands at cut − 1 and cut.
  const cut = last ? (k > 1 ? i : 1) : i + 1;
  const here = load<f64>(d + i * 8);
  const width = last ? rho * squares(k, z) : load<f64>(d + i * 8, 8) - here;
  if (k == 1) {
    store<u32>(origin, 0);
    store<f64>(mu, width);
    store<i32>(steps, 0);
    return;
  }
  let at = i, low: f64 = 0, high = width; // the bracket, as distances from d[at]
  let x = width / 2;
  sums(k, cut, d, here, z, x);
  let f = value(rho);
  if (!last && f < 0) { // the right half: seen from the pole behind
    at = i + 1;
    low = -width / 2;
    high = 0;
    x = low;
  } else if (last) {
    // The pole is the nearest, whatever the half.
    if (f < 0) low = x;
    else high = x;
  } else high = x;
  const pole = load<f64>(d + at * 8);
  const a0 = load<f64>(d + (cut - 1) * 8) - pole, b0 = load<f64>(d + cut * 8) - pole;
  let count: i32 = 0;
  for (; count < STEPS; ++count) {
    const bound = U * <f64>(k + 8) * (1 + rho * (abs<f64>(psi) + abs<f64>(phi)));
    if (abs<f64>(f) <= bound) break;
    const left = a0 - x, right = b0 - x; // the two poles, seen from x
    const slope = rho * (dpsi + dphi);
    const c = f - rho * (left * dpsi + right * dphi);
    const a = (left + right) * f - left * right * slope;
    const b = left * right * f;
    let step = last ? step_last(a, b, c) : step_between(a, b, c);
    if (!(f * step < 0)) step = -f / slope; // Newton's always has the right sign
    let next = x + step;
    if (!(next > low && next < high)) next = low + (high - low) / 2;
    if (next == x || next == low || next == high) break; // neighbours
    x = next;
    sums(k, cut, d, pole, z, x);
    f = value(rho);
    if (f < 0) low = x;
    else high = x;
  }
  store<u32>(origin, <u32>at);
  store<f64>(mu, x);
  store<i32>(steps, count < STEPS ? count : NO_CONVERGENCE);
}

/** The root of c·η² − a·η + b that lies between the poles. */
function step_between(a: f64, b: f64, c: f64): f64 {
  const root = sqrt<f64>(max<f64>(0, a * a - 4 * b * c));
  return a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root);
}

/** The root behind both poles. */
function step_last(a: f64, b: f64, c: f64): f64 {
  const root = sqrt<f64>(max<f64>(0, a * a - 4 * b * c));
  return a >= 0 ? (a + root) / (2 * c) : (2 * b) / (a - root);
}

// What `sums` found: ψ/ρ and φ/ρ, and their slopes. Each thread has an instance of the module, so these are its own.
let psi: f64 = 0;
let phi: f64 = 0;
let dpsi: f64 = 0;
let dphi: f64 = 0;

// @ts-ignore: decorator
@inline
function value(rho: f64): f64 {
  return 1 + rho * (psi + phi);
}

function sums(k: usize, cut: usize, d: usize, pole: f64, z: usize, x: f64): void {
  half(0, cut, d, pole, z, x);
  psi = sum;
  dpsi = slopes;
  half(cut, k, d, pole, z, x);
  phi = sum;
  dphi = slopes;
}

let sum: f64 = 0;
let slopes: f64 = 0;

/** Σ zⱼ²/(δⱼ − x) and Σ zⱼ²/(δⱼ − x)² over j0 … j1−1, δⱼ = dⱼ − pole. */
function half(j0: usize, j1: usize, d: usize, pole: f64, z: usize, x: f64): void {
  const poles = f64x2.splat(pole), xs = f64x2.splat(x);
  let s0 = f64x2.splat(0), t0 = s0, s1 = s0, t1 = s0;
  let j = j0;
  for (; j + 4 <= j1; j += 4) {
    const z0 = v128.load(z + j * 8), z1 = v128.load(z + j * 8, 16);
    const q0 = f64x2.div(z0, f64x2.sub(f64x2.sub(v128.load(d + j * 8), poles), xs));
    const q1 = f64x2.div(z1, f64x2.sub(f64x2.sub(v128.load(d + j * 8, 16), poles), xs));
    s0 = f64x2.add(s0, f64x2.mul(z0, q0));
    t0 = f64x2.add(t0, f64x2.mul(q0, q0));
    s1 = f64x2.add(s1, f64x2.mul(z1, q1));
    t1 = f64x2.add(t1, f64x2.mul(q1, q1));
  }
  let s = hsum<f64>(f64x2.add(s0, s1)), t = hsum<f64>(f64x2.add(t0, t1));
  for (; j < j1; ++j) {
    const zj = load<f64>(z + j * 8);
    const q = zj / (load<f64>(d + j * 8) - pole - x);
    s += zj * q;
    t += q * q;
  }
  sum = s;
  slopes = t;
}

function squares(k: usize, z: usize): f64 {
  let s: f64 = 0;
  for (let j: usize = 0; j < k; ++j) s += load<f64>(z + j * 8) * load<f64>(z + j * 8);
  return s;
}
