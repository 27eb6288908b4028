// secular — singular values and vectors of a diagonal matrix with one full row, from the equation they are the roots of.
//
//   M = [ z₀ z₁ … zₖ₋₁ ; d₁ ; … ; dₖ₋₁ ]    k×k: z in row 0, d on the diagonal below; 0 = d₀ < d₁ < … < dₖ₋₁, all zⱼ ≠ 0
//   f(σ) = 1 + Σⱼ zⱼ²/(dⱼ² − σ²)            its zeros are M's singular values: one between each two d, one above the last
//
//   secular_roots     σᵢ = base[i] + mu[i], base[i] the nearer of the d beside it, so that dⱼ − σᵢ = (dⱼ − base[i]) − mu[i] keeps its digits
//   secular_weights   w[j]: the z of a matrix of which the computed σ are exactly the singular values; |w − z| is small where σ are good
//   secular_vectors   rows i0 … i1−1 of out: unit vectors for σᵢ, element p belonging to d[p], w[p] in whatever order they are given:
//                     left = 0: right ones, ∝ wₚ/(dₚ² − σᵢ²); else left ones, ∝ dₚwₚ/(dₚ² − σᵢ²), and −1 where p = first, the place of d₀
//
// d, z, w, base, mu   f64[k] · out: T, k×k, ldo ≥ k
// i0, i1   roots (weights, vectors) computed, each on its own
// Bytes    exactly the elements named; nothing that is written overlaps what is read
// Cost     about 4·4k divisions a root, k a weight, 2k a vector
// Error    |f(σ)| ≤ (8 + √k)·u·(1 + Σ|terms|) or σ between neighbouring numbers; vectors of one matrix are orthonormal to c·k·u whatever σ are
// LAPACK   xLASD4, xLASD8    Papers  Gu & Eisenstat, SIMAX 16 (1995) 79–92 (weights); Li, LAPACK Working Note 89 (1993) (the middle way)

const U: f64 = 1.1102230246251565e-16; // 2⁻⁵³
const STEPS: i32 = 100;

export function secular_roots(k: usize, d: usize, z: usize, base: usize, mu: usize, i0: usize, i1: usize): void {
  assert(i1 <= k);
  for (let i = i0; i < i1; ++i) root(k, d, z, i, base + i * 8, mu + i * 8);
}

/** Root i. Steps go to the zero of c + s/(Δᵢ − η) + S/(Δᵢ₊₁ − η) with f's two halves and their slopes, inside a bracket that shrinks. */
function root(k: usize, d: usize, z: usize, i: usize, base: usize, mu: usize): void {
  const last = i + 1 == k;
  const di = at(d, i), zi = at(z, i);
  let origin = di, lo: f64 = 0, hi: f64 = 0, x: f64 = 0;
  if (last) {
    const square = dot_self(k, z);
    hi = square / (di + sqrt(di * di + square)) * (1 + 4 * U);
    // What the other terms are halfway up, taken as constant.
    const middle = 0.5 * hi;
    const rest = 1 + f64x2.extract_lane(half(d, z, 0, i, di, middle), 0);
    x = rest > 0 ? step(di, zi * zi / rest) : middle;
  } else {
    const next = at(d, i + 1), zn = at(z, i + 1), gap = next - di, width = gap * (next + di);
    const middle = 0.5 * gap;
    const below = f64x2.extract_lane(half(d, z, 0, i, di, middle), 0);
    const above = f64x2.extract_lane(half(d, z, i + 2, k, di, middle), 0);
    const left = zi * zi, right = zn * zn;
    const rest = 1 + below + above;
    const near = -middle * (2 * di + middle), far = (gap - middle) * (next + di + middle);
    const upper = rest + left / near + right / far < 0;
    if (upper) {
      origin = next;
      lo = -(gap - middle);
      const a = left + right - rest * width, b = -right * width;
      const s = sqrt(abs(a * a - 4 * b * rest));
      x = step(next, a < 0 ? 2 * b / (a - s) : -(a + s) / (2 * rest));
    } else {
      hi = middle;
      const a = left + right + rest * width, b = left * width;
      const s = sqrt(abs(a * a - 4 * b * rest));
      x = step(di, a > 0 ? 2 * b / (a + s) : (a - s) / (2 * rest));
    }
  }
  const tolerance = (8 + sqrt(<f64>k)) * U;
  for (let n = 0; n < STEPS; ++n) {
    if (!(x > lo && x < hi)) x = between(lo, hi);
    if (!(x > lo && x < hi)) break;
    const psi = half(d, z, 0, i + 1, origin, x), phi = half(d, z, i + 1, k, origin, x);
    const p = f64x2.extract_lane(psi, 0), q = f64x2.extract_lane(phi, 0), f = 1 + p + q;
    if (abs(f) <= tolerance * (1 + abs(p) + abs(q))) break;
    if (f < 0) lo = x;
    else hi = x;
    const dp = f64x2.extract_lane(psi, 1), dq = f64x2.extract_lane(phi, 1), sigma = origin + x;
    const near = ((di - origin) - x) * (di + sigma);
    let eta: f64;
    if (last) {
      eta = near * f / (f - near * dp);
    } else {
      const next = at(d, i + 1), far = ((next - origin) - x) * (next + sigma);
      const c = f - near * dp - far * dq, a = (near + far) * f - near * far * (dp + dq), b = near * far * f;
      const s = sqrt(abs(a * a - 4 * b * c));
      eta = a <= 0 ? (a - s) / (2 * c) : 2 * b / (a + s);
    }
    if (!(f * eta < 0)) eta = -f / (dp + dq);
    const change = eta / (sigma + sqrt(abs(sigma * sigma + eta)));
    if (abs(change) <= U * abs(x)) break;
    x += change;
  }
  store<f64>(base, origin);
  store<f64>(mu, x);
}

/** The step from d of which d² makes x. */
// @ts-ignore: decorator
@inline
function step(d: f64, x: f64): f64 {
  return x / (d + sqrt(abs(d * d + x)));
}

/** Inside a bracket with an end at 0 near which the root may lie by many powers of ten, or none. */
function between(lo: f64, hi: f64): f64 {
  if (lo == 0) return hi * 0.0625;
  if (hi == 0) return lo * 0.0625;
  const mean = sqrt(lo / hi) * hi;
  return mean > lo && mean < hi ? mean : 0.5 * (lo + hi);
}

/** Terms j0 … j1−1 of f at base + mu, and their derivatives by σ². */
function half(d: usize, z: usize, j0: usize, j1: usize, base: f64, mu: f64): v128 {
  const b = f64x2.splat(base), m = f64x2.splat(mu);
  let sums = f64x2.splat(0), slopes = sums;
  let j = j0;
  for (; j + 2 <= j1; j += 2) {
    const x = v128.load(d + j * 8), y = v128.load(z + j * 8);
    const t = f64x2.div(y, f64x2.mul(f64x2.sub(f64x2.sub(x, b), m), f64x2.add(f64x2.add(x, b), m)));
    sums = f64x2.add(sums, f64x2.mul(y, t));
    slopes = f64x2.add(slopes, f64x2.mul(t, t));
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  let slope = f64x2.extract_lane(slopes, 0) + f64x2.extract_lane(slopes, 1);
  if (j < j1) {
    const x = at(d, j), y = at(z, j), t = y / (((x - base) - mu) * ((x + base) + mu));
    sum += y * t;
    slope += t * t;
  }
  return f64x2.replace_lane(f64x2.splat(sum), 1, slope);
}

export function secular_weights(k: usize, d: usize, z: usize, base: usize, mu: usize, w: usize, j0: usize, j1: usize): void {
  assert(j1 <= k);
  for (let j = j0; j < j1; ++j) {
    const x = at(d, j), top = k - 1;
    const over = ratios(d, base, mu, x, 0, j) * ratios(d + 8, base, mu, x, j, top);
    const square = over * ((at(base, top) - x) + at(mu, top)) * ((at(base, top) + x) + at(mu, top));
    store<f64>(w + j * 8, copysign<f64>(sqrt(abs(square)), at(z, j)));
  }
}

/** Π (σᵢ² − x²)/(dᵢ² − x²) over i0 … i1−1. */
function ratios(d: usize, base: usize, mu: usize, x: f64, i0: usize, i1: usize): f64 {
  const y = f64x2.splat(x);
  let product = f64x2.splat(1);
  let i = i0;
  for (; i + 2 <= i1; i += 2) {
    const b = v128.load(base + i * 8), m = v128.load(mu + i * 8), p = v128.load(d + i * 8);
    const over = f64x2.mul(f64x2.add(f64x2.sub(b, y), m), f64x2.add(f64x2.add(b, y), m));
    product = f64x2.mul(product, f64x2.div(over, f64x2.mul(f64x2.sub(p, y), f64x2.add(p, y))));
  }
  let result = f64x2.extract_lane(product, 0) * f64x2.extract_lane(product, 1);
  if (i < i1) result *= ((at(base, i) - x) + at(mu, i)) * ((at(base, i) + x) + at(mu, i)) / ((at(d, i) - x) * (at(d, i) + x));
  return result;
}

export function secular_vectors<T extends number>(
  k: usize, first: usize, left: i32, d: usize, w: usize, base: usize, mu: usize, out: usize, ldo: usize, i0: usize, i1: usize,
): void {
  assert(ldo >= k && first < k && i1 <= k);
  for (let i = i0; i < i1; ++i) {
    const row = out + i * ldo * sizeof<T>(), b = at(base, i), m = at(mu, i);
    const bs = f64x2.splat(b), ms = f64x2.splat(m);
    let squares = f64x2.splat(0);
    let p: usize = 0;
    for (; p + 2 <= k; p += 2) {
      const t = element(v128.load(d + p * 8), v128.load(w + p * 8), bs, ms, left);
      squares = f64x2.add(squares, f64x2.mul(t, t));
    }
    let square = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
    if (p < k) {
      const t = f64x2.extract_lane(element(f64x2.splat(at(d, p)), f64x2.splat(at(w, p)), bs, ms, left), 0);
      square += t * t;
    }
    const factor = 1 / sqrt(left ? square + 1 : square), scale = f64x2.splat(factor);
    for (p = 0; p + 2 <= k; p += 2) {
      const t = f64x2.mul(scale, element(v128.load(d + p * 8), v128.load(w + p * 8), bs, ms, left));
      if (sizeof<T>() == 8) v128.store(row + p * 8, t);
      else v128.store_lane<u64>(row + p * 4, f32x4.demote_f64x2_zero(t), 0);
    }
    if (p < k) {
      const t = element(f64x2.splat(at(d, p)), f64x2.splat(at(w, p)), bs, ms, left);
      store<T>(row + p * sizeof<T>(), <T>(factor * f64x2.extract_lane(t, 0)));
    }
    if (left) store<T>(row + first * sizeof<T>(), <T>(-factor));
  }
}

// @ts-ignore: decorator
@inline
function element(d: v128, w: v128, base: v128, mu: v128, left: i32): v128 {
  const t = f64x2.div(w, f64x2.mul(f64x2.sub(f64x2.sub(d, base), mu), f64x2.add(f64x2.add(d, base), mu)));
  return left ? f64x2.mul(d, t) : t;
}

// @ts-ignore: decorator
@inline
function at(x: usize, i: usize): f64 {
  return load<f64>(x + i * 8);
}

function dot_self(k: usize, z: usize): f64 {
  let sum: f64 = 0;
  for (let j: usize = 0; j < k; ++j) sum += at(z, j) * at(z, j);
  return sum;
}
