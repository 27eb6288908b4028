// eigen_secular_vectors — eigenvectors of a diagonal matrix with a rank-one change, from the roots that `secular` found.
//
//   ẑⱼ² = Π over i of (λᵢ − dⱼ), over Π over i ≠ j of (dᵢ − dⱼ)        the z of which the λᵢ are the exact eigenvalues (Löwner)
//   xᵢ  = (ẑⱼ/(dⱼ − λᵢ))ⱼ, over its norm
//
// The vectors of ẑ are orthogonal to a few u even where those of z would not be, and ẑ is as near to z as the λᵢ are right.
//
//   eigen_secular_z        entries j0 … j1−1 of ẑ, with the signs of z, up to the one factor √ρ       zhat: f64[k]
//   eigen_secular_vectors  rows i0 … i1−1 of X: element j goes to X[i, column[j]]                     X: k×k, ldx ≥ k · column: u32[k]
//
// d, origin, mu  as secular has them: dⱼ − λᵢ = (dⱼ − d[origin[i]]) − mu[i]
// Bytes  exactly the elements named
// Cost   k² divisions each
// Error  ẑ relative 4k·u, X orthonormal to c·k·u before it is rounded to T
// LAPACK xLAED3        Paper  Gu & Eisenstat, SIMAX 16 (1995) 172–191
import { hsum } from "../core/simd";

export function eigen_secular_z(k: usize, d: usize, origin: usize, mu: usize, z: usize, zhat: usize, j0: usize, j1: usize): void {
  for (let j = j0; j < j1; ++j) {
    const dj = load<f64>(d + j * 8);
    // Every factor pairs λᵢ with the pole on its far side from dⱼ, so it lies between 0 and 1; the last root has none.
    let product = gap(j, k - 1, d, origin, mu);
    for (let i: usize = 0; i < j; ++i) product *= gap(j, i, d, origin, mu) / (load<f64>(d + i * 8) - dj);
    for (let i = j; i + 1 < k; ++i) product *= gap(j, i, d, origin, mu) / (load<f64>(d + i * 8, 8) - dj);
    const size = sqrt<f64>(abs<f64>(product));
    store<f64>(zhat + j * 8, load<f64>(z + j * 8) < 0 ? -size : size);
  }
}

/** λᵢ − dⱼ */
// @ts-ignore: decorator
@inline
function gap(j: usize, i: usize, d: usize, origin: usize, mu: usize): f64 {
  return load<f64>(mu + i * 8) - (load<f64>(d + j * 8) - load<f64>(d + <usize>load<u32>(origin + i * 4) * 8));
}

export function eigen_secular_vectors<T extends number>(
  k: usize, d: usize, origin: usize, mu: usize, zhat: usize, column: usize, x: usize, ldx: usize, i0: usize, i1: usize,
): void {
  assert(ldx >= k);
  for (let i = i0; i < i1; ++i) {
    const row = x + i * ldx * sizeof<T>();
    const pole = load<f64>(d + <usize>load<u32>(origin + i * 4) * 8), root = load<f64>(mu + i * 8);
    const factor = 1 / sqrt<f64>(norm(k, d, pole, root, zhat));
    for (let j: usize = 0; j < k; ++j) {
      const value = load<f64>(zhat + j * 8) / (load<f64>(d + j * 8) - pole - root);
      store<T>(row + <usize>load<u32>(column + j * 4) * sizeof<T>(), <T>(value * factor));
    }
  }
}

/** Σ (ẑⱼ/(dⱼ − λ))² */
function norm(k: usize, d: usize, pole: f64, root: f64, zhat: usize): f64 {
  const poles = f64x2.splat(pole), roots = f64x2.splat(root);
  let lanes = f64x2.splat(0);
  let j: usize = 0;
  for (; j + 2 <= k; j += 2) {
    const q = f64x2.div(v128.load(zhat + j * 8), f64x2.sub(f64x2.sub(v128.load(d + j * 8), poles), roots));
    lanes = f64x2.add(lanes, f64x2.mul(q, q));
  }
  let sum = hsum<f64>(lanes);
  for (; j < k; ++j) {
    const q = load<f64>(zhat + j * 8) / (load<f64>(d + j * 8) - pole - root);
    sum += q * q;
  }
  return sum;
}
