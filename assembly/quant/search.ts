// search — scale and minimum of a short run of weights, for the K-types: four runs at a time, one in each lane.
//
//   search_affine      w ≈ s·q − m,  0 ≤ q ≤ top, m ≥ 0        minimises Σ (σ + |w|)·(s·q − m − w)², σ = √(Σ w²/n)
//   search_symmetric   w ≈ s·q,  −top ≤ q < top                minimises Σ w²·(s·q − w)²
//
// Each tries a number of scales around the one that spans the weights, rounds the weights with it, solves the weighted
// least-squares problem for s (and m) with those q, and keeps the best. The runs lie one behind the other at x.
// The steps, their order and their roundings are those of ggml's reference (make_qkx2_quants, make_qx_quants), whose q, s and m
// they give; a lane sums its run from the first element to the last.

/** Writes four f32 s at `scales` and four m at `minima`, of four runs of 32. */
export function search_affine(x: usize, top: f32, first: f32, steps: i32, scales: usize, minima: usize): void {
  const zero = i32x4.splat(0), tops = f32x4.splat(top);
  let low = column0(x, 128), high = low, squares = zero;
  for (let j = x; j < x + 128; j += 16) {
    const w0 = column0(j, 128), w1 = column1(j, 128), w2 = column2(j, 128), w3 = column3(j, 128);
    low = f32x4.pmin(f32x4.pmin(f32x4.pmin(f32x4.pmin(low, w0), w1), w2), w3);
    high = f32x4.pmax(f32x4.pmax(f32x4.pmax(f32x4.pmax(high, w0), w1), w2), w3);
    squares = add4(squares, f32x4.mul(w0, w0), f32x4.mul(w1, w1), f32x4.mul(w2, w2), f32x4.mul(w3, w3));
  }
  const sigma = f32x4.sqrt(f32x4.div(squares, f32x4.splat(32)));
  low = f32x4.pmin(low, zero);
  const flat = f32x4.eq(low, high);

  // The search begins with the scale that spans the weights.
  let inverse = f32x4.div(tops, f32x4.sub(high, low)), scale = f32x4.div(f32x4.splat(1), inverse);
  let best = losses(x, sigma, scale, inverse, low, low, tops);
  let sum_w = zero, sum_x = zero;
  for (let j = x; j < x + 128; j += 16) {
    const w0 = column0(j, 128), w1 = column1(j, 128), w2 = column2(j, 128), w3 = column3(j, 128);
    const g0 = gravity(sigma, w0), g1 = gravity(sigma, w1), g2 = gravity(sigma, w2), g3 = gravity(sigma, w3);
    sum_w = add4(sum_w, g0, g1, g2, g3);
    sum_x = add4(sum_x, f32x4.mul(g0, w0), f32x4.mul(g1, w1), f32x4.mul(g2, w2), f32x4.mul(g3, w3));
  }
  for (let i = 0; i <= steps; ++i) {
    inverse = f32x4.div(f32x4.splat(<f32>(<f32>(first + <f32>(<f32>0.1 * <f32>i)) + top)), f32x4.sub(high, low));
    let sum_l = zero, sum_l2 = zero, sum_xl = zero;
    for (let j = x; j < x + 128; j += 16) {
      const w0 = column0(j, 128), w1 = column1(j, 128), w2 = column2(j, 128), w3 = column3(j, 128);
      const l0 = code(inverse, w0, low, tops), l1 = code(inverse, w1, low, tops);
      const l2 = code(inverse, w2, low, tops), l3 = code(inverse, w3, low, tops);
      const p0 = f32x4.mul(gravity(sigma, w0), l0), p1 = f32x4.mul(gravity(sigma, w1), l1);
      const p2 = f32x4.mul(gravity(sigma, w2), l2), p3 = f32x4.mul(gravity(sigma, w3), l3);
      sum_l = add4(sum_l, p0, p1, p2, p3);
      sum_l2 = add4(sum_l2, f32x4.mul(p0, l0), f32x4.mul(p1, l1), f32x4.mul(p2, l2), f32x4.mul(p3, l3));
      sum_xl = add4(sum_xl, f32x4.mul(p0, w0), f32x4.mul(p1, w1), f32x4.mul(p2, w2), f32x4.mul(p3, w3));
    }
    const det = f32x4.sub(f32x4.mul(sum_w, sum_l2), f32x4.mul(sum_l, sum_l));
    let s = f32x4.div(f32x4.sub(f32x4.mul(sum_w, sum_xl), f32x4.mul(sum_x, sum_l)), det);
    let m = f32x4.div(f32x4.sub(f32x4.mul(sum_l2, sum_x), f32x4.mul(sum_l, sum_xl)), det);
    const above = f32x4.gt(m, zero); // what is subtracted may not be negative: there the line goes through zero
    s = v128.bitselect(f32x4.div(sum_xl, sum_l2), s, above);
    m = v128.andnot(m, above);
    const loss = losses(x, sigma, s, inverse, low, m, tops);
    const better = v128.and(f32x4.gt(det, zero), f32x4.lt(loss, best));
    best = v128.bitselect(loss, best, better);
    scale = v128.bitselect(s, scale, better);
    low = v128.bitselect(m, low, better); // from here the next steps round, too
  }
  v128.store(scales, v128.andnot(scale, flat));
  v128.store(minima, f32x4.neg(low));
}

/** Writes four f32 s at `scales`, of four runs of 16. */
export function search_symmetric(x: usize, top: f32, scales: usize): void {
  const zero = i32x4.splat(0);
  let peak = zero; // the first of the largest magnitude
  for (let j = x; j < x + 64; j += 16) {
    peak = larger(larger(larger(larger(peak, column0(j, 64)), column1(j, 64)), column2(j, 64)), column3(j, 64));
  }
  let scale = zero, best = zero;
  const least = f32x4.splat(-top), most = f32x4.splat(top - 1);
  for (let i = -10; i <= 9; ++i) {
    if (i == 0) continue;
    // The first is the scale that spans the weights, and is taken without comparing.
    const inverse = f32x4.div(f32x4.splat(i == -10 ? -top : -(top + <f32>(<f32>0.1 * <f32>i))), peak);
    let sum_lx = zero, sum_l2 = zero;
    for (let j = x; j < x + 64; j += 16) {
      const w0 = column0(j, 64), w1 = column1(j, 64), w2 = column2(j, 64), w3 = column3(j, 64);
      const l0 = signed(inverse, w0, least, most), l1 = signed(inverse, w1, least, most);
      const l2 = signed(inverse, w2, least, most), l3 = signed(inverse, w3, least, most);
      const g0 = f32x4.mul(w0, w0), g1 = f32x4.mul(w1, w1), g2 = f32x4.mul(w2, w2), g3 = f32x4.mul(w3, w3);
      sum_lx = add4(sum_lx, mul3(g0, w0, l0), mul3(g1, w1, l1), mul3(g2, w2, l2), mul3(g3, w3, l3));
      sum_l2 = add4(sum_l2, mul3(g0, l0, l0), mul3(g1, l1, l1), mul3(g2, l2, l2), mul3(g3, l3, l3));
    }
    let better = f32x4.gt(sum_l2, zero);
    if (i != -10) better = v128.and(better, f32x4.gt(f32x4.mul(sum_lx, sum_lx), f32x4.mul(best, sum_l2)));
    const s = f32x4.div(sum_lx, sum_l2);
    scale = v128.bitselect(s, scale, better);
    best = v128.bitselect(f32x4.mul(s, sum_lx), best, better);
  }
  v128.store(scales, v128.and(scale, f32x4.ge(f32x4.abs(peak), f32x4.splat(1e-15)))); // what is smaller counts as zero
}

/** Σ g·(s·l + m − w)² of four runs of 32, where l is what w rounds to from `low`. */
function losses(x: usize, sigma: v128, s: v128, inverse: v128, low: v128, m: v128, top: v128): v128 {
  let sum = i32x4.splat(0);
  for (let j = x; j < x + 128; j += 16) {
    const w0 = column0(j, 128), w1 = column1(j, 128), w2 = column2(j, 128), w3 = column3(j, 128);
    sum = add4(
      sum,
      loss(gravity(sigma, w0), s, code(inverse, w0, low, top), m, w0),
      loss(gravity(sigma, w1), s, code(inverse, w1, low, top), m, w1),
      loss(gravity(sigma, w2), s, code(inverse, w2, low, top), m, w2),
      loss(gravity(sigma, w3), s, code(inverse, w3, low, top), m, w3),
    );
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function loss(g: v128, s: v128, l: v128, m: v128, w: v128): v128 {
  const e = f32x4.sub(f32x4.add(f32x4.mul(s, l), m), w);
  return f32x4.mul(g, f32x4.mul(e, e));
}

/** How much an element counts. */
// @ts-ignore: decorator
@inline
function gravity(sigma: v128, w: v128): v128 {
  return f32x4.add(sigma, f32x4.abs(w));
}

/** round((w − low)·inverse) between 0 and top. */
// @ts-ignore: decorator
@inline
function code(inverse: v128, w: v128, low: v128, top: v128): v128 {
  return f32x4.pmax(i32x4.splat(0), f32x4.pmin(f32x4.nearest(f32x4.mul(inverse, f32x4.sub(w, low))), top));
}

/** round(w·inverse) between least and most. */
// @ts-ignore: decorator
@inline
function signed(inverse: v128, w: v128, least: v128, most: v128): v128 {
  return f32x4.pmax(least, f32x4.pmin(f32x4.nearest(f32x4.mul(inverse, w)), most));
}

/** w where its magnitude is larger than that of a, else a. */
// @ts-ignore: decorator
@inline
function larger(a: v128, w: v128): v128 {
  return v128.bitselect(w, a, f32x4.lt(f32x4.abs(a), f32x4.abs(w)));
}

/** (((sum + a) + b) + c) + d. */
// @ts-ignore: decorator
@inline
function add4(sum: v128, a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.add(f32x4.add(sum, a), b), c), d);
}

// @ts-ignore: decorator
@inline
function mul3(a: v128, b: v128, c: v128): v128 {
  return f32x4.mul(f32x4.mul(a, b), c);
}

/** Element 0 at p of four runs, `bytes` apart. */
// @ts-ignore: decorator
@inline
function column0(p: usize, bytes: usize): v128 {
  return v128.shuffle<i64>(firsts(p, p + bytes), firsts(p + 2 * bytes, p + 3 * bytes), 0, 2);
}

/** Element 1. */
// @ts-ignore: decorator
@inline
function column1(p: usize, bytes: usize): v128 {
  return v128.shuffle<i64>(firsts(p, p + bytes), firsts(p + 2 * bytes, p + 3 * bytes), 1, 3);
}

/** Element 2. */
// @ts-ignore: decorator
@inline
function column2(p: usize, bytes: usize): v128 {
  return v128.shuffle<i64>(lasts(p, p + bytes), lasts(p + 2 * bytes, p + 3 * bytes), 0, 2);
}

/** Element 3. */
// @ts-ignore: decorator
@inline
function column3(p: usize, bytes: usize): v128 {
  return v128.shuffle<i64>(lasts(p, p + bytes), lasts(p + 2 * bytes, p + 3 * bytes), 1, 3);
}

// @ts-ignore: decorator
@inline
function firsts(p: usize, q: usize): v128 {
  return v128.shuffle<i32>(v128.load(p), v128.load(q), 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
function lasts(p: usize, q: usize): v128 {
  return v128.shuffle<i32>(v128.load(p), v128.load(q), 2, 6, 3, 7);
}
