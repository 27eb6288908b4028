// ql_lanes — QL steps on several small symmetric tridiagonal matrices, side by side in lanes.
//
//   tridiag(d, e) → diag(d), r ← Z·r        every element a vector of lanes: d: n · e: n, the last one 0 · r: n×n, or 0 for none
//                                           Z orthogonal, a product of plane rotations
//
// All lanes take a step together. Each has its own shift, from the topmost block that is not yet diagonal, and its own blocks: where a
// lane's e is zero, a block ends and the next one begins. A block with a shift that was made for another one loses nothing by it.
//
//   turns   2n vectors of workspace: the rotations of a step, which then pass over r four columns at a time
//   Result  the steps made, or NO_CONVERGENCE after 30·n
//
// Split  eₖ is zero where |eₖ| ≤ u·(|dₖ| + |dₖ₊₁|) or |eₖ| ≤ tiny, and a bulge no longer than tiny is dropped; tiny² has all its digits
// Cost   about 1.7·n steps, 6n flops for each rotation
// Error  as implicit_ql has it, relative to the norm
import { madd } from "../core/simd";
import { NO_CONVERGENCE } from "../core/status";

export function ql_lanes<T extends number>(n: usize, d: usize, e: usize, r: usize, turns: usize, tiny: T): i32 {
  if (n < 2) return 0;
  const zero = v128.splat<T>(<T>0), one = v128.splat<T>(<T>1), two = v128.splat<T>(<T>2);
  const u = v128.splat<T>(sizeof<T>() == 8 ? <T>1.1102230246251565e-16 : <T>5.960464477539063e-8), least = v128.splat<T>(tiny);
  const most = 30 * <i32>n;
  for (let steps: i32 = 0; steps < most; ++steps) {
    let near = zero, next = zero, joint = one; // dₗ, dₗ₊₁, eₗ of each lane's topmost block
    let low: usize = n, high: usize = 0;
    for (let i = n - 1; i > 0; ) {
      --i;
      const di = v128.load(d + (i << 4)), dn = v128.load(d + (i << 4), 16), ei = v128.load(e + (i << 4));
      const bound = v128.max<T>(least, v128.mul<T>(u, v128.add<T>(v128.abs<T>(di), v128.abs<T>(dn))));
      const alive = v128.gt<T>(v128.abs<T>(ei), bound);
      v128.store(e + (i << 4), v128.and(ei, alive));
      if (!v128.any_true(alive)) continue;
      near = v128.bitselect(di, near, alive);
      next = v128.bitselect(dn, next, alive);
      joint = v128.bitselect(ei, joint, alive);
      low = i;
      if (high == 0) high = i + 1;
    }
    if (high == 0) return steps;
    const half = v128.div<T>(v128.sub<T>(next, near), v128.mul<T>(two, joint));
    const root = v128.sqrt<T>(madd<T>(half, half, one));
    const far = v128.bitselect(v128.sub<T>(half, root), v128.add<T>(half, root), v128.lt<T>(half, zero));
    step<T>(low, high, d, e, v128.sub<T>(near, v128.div<T>(joint, far)), turns, v128.splat<T>(<T>(tiny * tiny)));
    if (r != 0) turn<T>(n, low, high, r, turns);
  }
  return NO_CONVERGENCE;
}

/** A step over rows low … high of every lane; rotation i turns rows i and i + 1. */
function step<T extends number>(low: usize, high: usize, d: usize, e: usize, shift: v128, turns: usize, least: v128): void {
  const zero = v128.splat<T>(<T>0), one = v128.splat<T>(<T>1);
  let s = one, c = one, p = zero, g = zero;
  let before = zero; // lanes in which eᵢ₊₁ is not zero: those are within a block
  let going = zero; //  lanes whose bulge is alive
  for (let i = high; i > low; ) {
    --i;
    const at = i << 4;
    const ei = v128.load(e + at), di = v128.load(d + at), below = v128.load(d + at, 16);
    const here = v128.ne<T>(ei, zero);
    const begins = v128.not(before);
    g = v128.bitselect(v128.sub<T>(below, shift), g, begins);
    s = v128.bitselect(one, s, begins);
    c = v128.bitselect(one, c, begins);
    p = v128.bitselect(zero, p, begins);
    going = v128.or(going, begins);
    const f = v128.mul<T>(s, ei), b = v128.mul<T>(c, ei);
    const square = madd<T>(g, g, v128.mul<T>(f, f)), r = v128.sqrt<T>(square);
    const chased = v128.and(v128.and(here, going), v128.gt<T>(square, least)); // a square that lost digits would turn by no angle
    const inverse = v128.div<T>(one, v128.bitselect(r, one, chased));
    // Within a block the bulge's length takes eᵢ₊₁'s place; at a block's near end what is left of it does.
    const old = v128.load(e + at, 16);
    const kept = v128.bitselect(v128.and(g, v128.not(here)), v128.and(r, chased), v128.not(here));
    v128.store(e + at, v128.bitselect(kept, old, v128.and(before, going)), 16);
    s = v128.bitselect(v128.mul<T>(f, inverse), zero, chased);
    c = v128.bitselect(v128.mul<T>(g, inverse), one, chased);
    const q = v128.sub<T>(below, v128.and(p, going));
    const t = madd<T>(v128.add<T>(c, c), b, v128.mul<T>(v128.sub<T>(di, q), s));
    p = v128.mul<T>(s, t);
    v128.store(d + at, v128.add<T>(q, p), 16);
    g = v128.sub<T>(v128.mul<T>(c, t), b);
    going = chased;
    before = here;
    v128.store(turns + (at << 1), c);
    v128.store(turns + (at << 1), s, 16);
  }
  const at = low << 4, ends = v128.and(before, going);
  v128.store(d + at, v128.sub<T>(v128.load(d + at), v128.and(p, ends)));
  v128.store(e + at, v128.bitselect(g, v128.load(e + at), ends));
}

/** The rotations of a step over all columns of r, four at a time; the row that goes from one rotation to the next stays in registers. */
function turn<T extends number>(n: usize, low: usize, high: usize, r: usize, turns: usize): void {
  const row = n << 4, first = turns + (low << 5);
  let j: usize = 0;
  for (; j + 4 <= n; j += 4) {
    let x = r + high * row + (j << 4);
    let x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
    for (let p = turns + (high << 5); p > first; ) {
      p -= 32;
      const c = v128.load(p), s = v128.load(p, 16);
      const y0 = v128.load(x - row), y1 = v128.load(x - row, 16), y2 = v128.load(x - row, 32), y3 = v128.load(x - row, 48);
      v128.store(x, madd<T>(s, y0, v128.mul<T>(c, x0)));
      v128.store(x, madd<T>(s, y1, v128.mul<T>(c, x1)), 16);
      v128.store(x, madd<T>(s, y2, v128.mul<T>(c, x2)), 32);
      v128.store(x, madd<T>(s, y3, v128.mul<T>(c, x3)), 48);
      x0 = v128.sub<T>(v128.mul<T>(c, y0), v128.mul<T>(s, x0));
      x1 = v128.sub<T>(v128.mul<T>(c, y1), v128.mul<T>(s, x1));
      x2 = v128.sub<T>(v128.mul<T>(c, y2), v128.mul<T>(s, x2));
      x3 = v128.sub<T>(v128.mul<T>(c, y3), v128.mul<T>(s, x3));
      x -= row;
    }
    v128.store(x, x0);
    v128.store(x, x1, 16);
    v128.store(x, x2, 32);
    v128.store(x, x3, 48);
  }
  for (; j < n; ++j) {
    let x = r + high * row + (j << 4);
    let x0 = v128.load(x);
    for (let p = turns + (high << 5); p > first; ) {
      p -= 32;
      const c = v128.load(p), s = v128.load(p, 16), y0 = v128.load(x - row);
      v128.store(x, madd<T>(s, y0, v128.mul<T>(c, x0)));
      x0 = v128.sub<T>(v128.mul<T>(c, y0), v128.mul<T>(s, x0));
      x -= row;
    }
    v128.store(x, x0);
  }
}
