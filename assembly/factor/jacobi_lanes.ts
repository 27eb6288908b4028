// jacobi_lanes — one-sided Jacobi rotations of the rows of several small matrices, side by side in lanes.
//
//   X ← J·X, G ← J·G        every element a vector of lanes: X: rows×n · G: rows×rows, or 0 for none · J orthogonal
//
// Sweeps over all pairs of rows until |x·y| ≤ tol·‖x‖·‖y‖ for every pair of every lane. A lane whose pair is within tol stays as it is. Of
// the two angles that make a pair orthogonal each lane takes the one that leaves the longer row first, so the norms end up
// nearly sorted, and fewer sweeps are needed.
//
//   squares  rows vectors: on return the squares of the norms of X's rows
//   tiny     rows of norm ≤ tiny are set to zero
//   Result   the sweeps made, the last of which found nothing to do, or NO_CONVERGENCE after `most`
//
// Range  the caller scales, so that fourth powers of the norms neither overflow nor, for rows above tiny, vanish
// Cost   2n flops for each pair, 6(n + rows) for each rotation
// Error  as jacobi has it, with 2u for the change of a row by each rotation
// Paper  Hestenes, J. SIAM 6 (1958) 51–90; de Rijk, SISSC 10 (1989) 359–371 (the order)
import { madd } from "../core/simd";
import { NO_CONVERGENCE } from "../core/status";

export function jacobi_lanes<T extends number>(
  rows: usize, n: usize, x: usize, g: usize, squares: usize, tol: T, tiny: T, most: i32,
): i32 {
  const step = n << 4, zero = v128.splat<T>(<T>0), one = v128.splat<T>(<T>1), half = v128.splat<T>(<T>0.5);
  const limit = v128.splat<T>(<T>(tol * tol));
  for (let sweeps: i32 = 1; sweeps <= most; ++sweeps) {
    for (let i: usize = 0; i < rows; ++i) v128.store(squares + (i << 4), measure<T>(n, x + i * step, <T>(tiny * tiny)));
    let rotated = false;
    for (let p: usize = 0; p + 1 < rows; ++p) {
      let a = v128.load(squares + (p << 4));
      for (let q = p + 1; q < rows; ++q) {
        const b = v128.load(squares + (q << 4));
        const d = dot_lanes<T>(n, x + p * step, x + q * step), dd = v128.mul<T>(d, d);
        const turns = v128.gt<T>(dd, v128.mul<T>(limit, v128.mul<T>(a, b)));
        if (!v128.any_true(turns)) continue;
        rotated = true;
        // tan 2θ = 2d/(a − b), from h = (a − b)/2 and ρ = √(h² + d²): cos² of the smaller angle is (ρ + |h|)/2ρ
        const h = v128.mul<T>(half, v128.sub<T>(a, b)), size = v128.abs<T>(h);
        const rho = v128.bitselect(v128.sqrt<T>(madd<T>(h, h, dd)), one, turns);
        const cosine = v128.sqrt<T>(v128.mul<T>(half, v128.div<T>(v128.add<T>(rho, size), rho)));
        const sine = v128.div<T>(v128.mul<T>(half, v128.abs<T>(d)), v128.mul<T>(rho, cosine));
        const larger = v128.lt<T>(h, zero);
        const c = v128.bitselect(v128.bitselect(sine, cosine, larger), one, turns);
        const s = v128.bitselect(v128.bitselect(cosine, sine, larger), zero, turns);
        const signed = v128.bitselect(v128.neg<T>(s), s, v128.lt<T>(d, zero));
        rotate<T>(step, x + p * step, x + q * step, c, signed);
        if (g != 0) rotate<T>(rows << 4, g + p * (rows << 4), g + q * (rows << 4), c, signed);
        const mean = v128.mul<T>(half, v128.add<T>(a, b));
        a = v128.bitselect(v128.add<T>(mean, rho), a, turns);
        v128.store(squares + (q << 4), v128.bitselect(v128.max<T>(zero, v128.sub<T>(mean, rho)), b, turns));
      }
      v128.store(squares + (p << 4), a);
    }
    if (!rotated) return sweeps;
  }
  return NO_CONVERGENCE;
}

/** ‖x‖², or 0 and x cleared in lanes where that is too small. */
function measure<T extends number>(n: usize, x: usize, least: T): v128 {
  const square = dot_lanes<T>(n, x, x), keep = v128.gt<T>(square, v128.splat<T>(least));
  if (!v128.all_true<i32>(keep)) {
    for (let end = x + (n << 4); x < end; x += 16) v128.store(x, v128.and(v128.load(x), keep));
  }
  return v128.and(square, keep);
}

/** x·y of every lane. */
export function dot_lanes<T extends number>(n: usize, x: usize, y: usize): v128 {
  let s0 = v128.splat<T>(<T>0), s1 = s0, s2 = s0, s3 = s0;
  const end = x + (n << 4), body = x + ((n & ~3) << 4);
  for (; x < body; x += 64, y += 64) {
    s0 = madd<T>(v128.load(x), v128.load(y), s0);
    s1 = madd<T>(v128.load(x, 16), v128.load(y, 16), s1);
    s2 = madd<T>(v128.load(x, 32), v128.load(y, 32), s2);
    s3 = madd<T>(v128.load(x, 48), v128.load(y, 48), s3);
  }
  for (; x < end; x += 16, y += 16) s0 = madd<T>(v128.load(x), v128.load(y), s0);
  return v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3));
}

/** x ← c·x + s·y, y ← c·y − s·x */
function rotate<T extends number>(bytes: usize, x: usize, y: usize, c: v128, s: v128): void {
  const end = x + bytes, body = x + (bytes & ~31);
  for (; x < body; x += 32, y += 32) {
    const x0 = v128.load(x), y0 = v128.load(y), x1 = v128.load(x, 16), y1 = v128.load(y, 16);
    v128.store(x, madd<T>(s, y0, v128.mul<T>(c, x0)));
    v128.store(y, v128.sub<T>(v128.mul<T>(c, y0), v128.mul<T>(s, x0)));
    v128.store(x, madd<T>(s, y1, v128.mul<T>(c, x1)), 16);
    v128.store(y, v128.sub<T>(v128.mul<T>(c, y1), v128.mul<T>(s, x1)), 16);
  }
  if (x < end) {
    const x0 = v128.load(x), y0 = v128.load(y);
    v128.store(x, madd<T>(s, y0, v128.mul<T>(c, x0)));
    v128.store(y, v128.sub<T>(v128.mul<T>(c, y0), v128.mul<T>(s, x0)));
  }
}
