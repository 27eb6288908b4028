// jacobi — one-sided Jacobi rotations over the rows of a matrix, in blocks.
//
//   W ← J·W        W = [X | G]: rows×width row-major, X its first n columns · J orthogonal, a product of plane rotations
//
// Every pair of rows of X is made orthogonal, unless |x·y| ≤ tol·‖x‖·‖y‖ already. Repeated until a sweep leaves nothing to do, the norms
// of X's rows are the singular values, the rows over their norms the right singular vectors, and G, begun with an orthogonal G₀,
// holds the left ones: J·X₀ = Σ·Vᵀ and G = J·G₀. Row i of W is scale[i] times what is stored (see rotate), 1/4 ≤ scale ≤ 1.
//
//   jacobi_start    before the first sweep
//   jacobi_order    before each other one: larger rows come first   de Rijk, SISSC 10 (1989) 359–371
//   jacobi_within   blocks i0 … i1−1 of `block` rows: norms are taken anew, the pairs inside of each block have their turn
//   jacobi_between  round 0 … N−2 of a tournament of the N blocks (one more than there are where that is odd): matches i0 … i1−1 of
//                   N/2, in each all pairs with one row in either block   Brent & Luk, SISSC 6 (1985) 69–84
//
// A sweep is jacobi_within over all blocks and jacobi_between for each round. What a block or match touches no other one of the same
// call does, so threads may share them, and who does which cannot be seen.
//
//   rows   even; a row of zeros takes no part · block  even
//   w      ld ≥ width ≥ n
//   tiny   rows of X of norm ≤ tiny are set to zero: below it squares lose their digits
//   work   jacobi_work(rows, block) bytes:
//            square  f64[rows], the squares of the norms of X's rows, that of row i at i; computed in jacobi_within and kept up to date
//            scale   f64[rows]
//            dot     f64[rows/2], the products of the rows at places 2g and 2g + 1
//            order   u32[rows], the rows by their places
//            tally   192 bytes for each block, of its sweep: f64 the largest |cosine| found, f64 the largest |cosine| left alone,
//                    f64 the largest |tangent| of a rotation, f64 the rotations; scratch. A match enters its own at its first block
//
// Order   two rows of one block with two of another at a time: their four products decide all four rotations, the later ones by what
//         the earlier ones make of the products. Of two rows that are rotated the larger one goes to the earlier place
// Range   the caller scales by a power of two, so that the squares of rows above tiny neither overflow nor vanish, with 2⁶ to spare
// Bytes   exactly the elements named
// Cost    2n flops for each pair, and 4·width for each rotation
// Error   each row of X changes by ≤ c·u of its own norm per rotation, so the singular values of D·Y are as accurate as those of Y
//         allow, whatever the diagonal D   Demmel & Veselić, SIMAX 13 (1992) 1204–1245
// LAPACK  xGSVJ0, xGSVJ1
import { dot } from "../blas/dot";
import { scal } from "../blas/scal";
import { dots_4 } from "./dots_4";
import { rotate, rotate_4 } from "./rotate";

export function jacobi_work(rows: usize, block: usize): usize {
  return rows * 24 + ((rows + block - 1) / block) * TALLY;
}

const TALLY: usize = 192;
const LEFT: usize = 8;
const TANGENT: usize = 16;
const COUNT: usize = 24;
const SCRATCH: usize = 32;
const COEFFICIENTS: usize = 32;

/** When less than this is left of a square, it is taken anew: squares only steer the angles, 20 of 24 bits are plenty. */
const LITTLE: f64 = 0.0625;

export function jacobi_start(rows: usize, work: usize): void {
  for (let i: usize = 0; i < rows; ++i) {
    store<f64>(work + rows * 8 + i * 8, 1);
    store<u32>(work + rows * 20 + i * 4, <u32>i);
  }
}

/** By insertion, for little changes from sweep to sweep. */
export function jacobi_order(rows: usize, work: usize): void {
  const order = work + rows * 20;
  for (let i: usize = 1; i < rows; ++i) {
    const row = load<u32>(order + i * 4), square = load<f64>(work + <usize>row * 8);
    let j = i;
    for (; j > 0 && load<f64>(work + <usize>load<u32>(order + j * 4 - 4) * 8) < square; --j) store<u32>(order + j * 4, load<u32>(order + j * 4 - 4));
    store<u32>(order + j * 4, row);
  }
}

export function jacobi_within<T extends number>(
  rows: usize, n: usize, width: usize, w: usize, ld: usize, block: usize, tol: f64, tiny: f64, work: usize, i0: usize, i1: usize,
): void {
  assert(ld >= width && width >= n && (rows & 1) == 0 && (block & 1) == 0);
  for (let i = i0; i < i1; ++i) {
    const from = i * block, to = min(from + block, rows), tally = work + rows * 24 + i * TALLY;
    memory.fill(tally, 0, SCRATCH);
    for (let k = from; k < to; ++k) measure<T>(n, w, ld, tiny, rows, work, load<u32>(work + rows * 20 + k * 4));
    for (let g = from / 2; g < to / 2; ++g) two<T>(g, n, width, w, ld, tol, rows, work, tally);
    for (let g = from / 2; g < to / 2; ++g) {
      for (let h = g + 1; h < to / 2; ++h) four<T>(g, h, n, width, w, ld, tol, rows, work, tally);
    }
  }
}

export function jacobi_between<T extends number>(
  rows: usize, n: usize, width: usize, w: usize, ld: usize, block: usize, tol: f64, work: usize, round: usize, i0: usize, i1: usize,
): void {
  assert(ld >= width && width >= n && (rows & 1) == 0 && (block & 1) == 0);
  const blocks = (rows + block - 1) / block, seats = blocks + (blocks & 1) - 1; // the last block sits still, the others go round
  for (let i = i0; i < i1; ++i) {
    const one = i == 0 ? seats : (round + i) % seats, other = (round + seats - i) % seats;
    const first = min(one, other), second = max(one, other);
    if (second >= blocks) continue;
    const tally = work + rows * 24 + first * TALLY;
    const g1 = (first + 1) * block / 2, h1 = min((second + 1) * block, rows) / 2;
    for (let g = first * block / 2; g < g1; ++g) {
      for (let h = second * block / 2; h < h1; ++h) four<T>(g, h, n, width, w, ld, tol, rows, work, tally);
    }
  }
}

/** The square of row i of X; 0 and the row cleared where that is too small. */
function measure<T extends number>(n: usize, w: usize, ld: usize, tiny: f64, rows: usize, work: usize, i: usize): void {
  const x = w + i * ld * sizeof<T>();
  let square = squared<T>(n, x, load<f64>(work + rows * 8 + i * 8));
  if (square <= tiny * tiny) {
    memory.fill(x, 0, n * sizeof<T>());
    square = 0;
  }
  store<f64>(work + i * 8, square);
}

function squared<T extends number>(n: usize, x: usize, scale: f64): f64 {
  return <f64>dot<T>(n, x, x) * (scale * scale);
}

/** The rows at places 2g and 2g + 1. */
function two<T extends number>(
  g: usize, n: usize, width: usize, w: usize, ld: usize, tol: f64, rows: usize, work: usize, tally: usize,
): void {
  const scales = work + rows * 8, order = work + rows * 20 + g * 8, step = ld * sizeof<T>();
  let x = <usize>load<u32>(order), y = <usize>load<u32>(order, 4);
  if (load<f64>(work + y * 8) > load<f64>(work + x * 8)) {
    const z = x;
    x = y;
    y = z;
    store<u32>(order, <u32>x);
    store<u32>(order, <u32>y, 4);
  }
  const a = load<f64>(work + x * 8), b = load<f64>(work + y * 8), r = load<f64>(scales + x * 8), s = load<f64>(scales + y * 8);
  const p = w + x * step, q = w + y * step, d = <f64>dot<T>(n, p, q) * r * s, size = sqrt<f64>(a) * sqrt<f64>(b);
  see(d, size, tally);
  store<f64>(work + rows * 16 + g * 8, d);
  if (abs<f64>(d) <= tol * size) return leave(d, size, tally);
  const t = tangent(a, b, d), c = cosine(t), rest = b - t * d;
  rotate<T>(width, p, q, <T>(t * s / r), <T>(t * r / s));
  rescale<T>(width, p, scales + x * 8, r * c);
  rescale<T>(width, q, scales + y * 8, s * c);
  store<f64>(work + rows * 16 + g * 8, 0);
  store<f64>(work + x * 8, a + t * d);
  store<f64>(work + y * 8, rest > LITTLE * b ? rest : squared<T>(n, q, load<f64>(scales + y * 8)));
  count(1, abs<f64>(t), tally);
}

/** The rows x₀, x₁ at places 2g and 2g + 1 with y₀, y₁ at 2h and 2h + 1. */
function four<T extends number>(
  g: usize, h: usize, n: usize, width: usize, w: usize, ld: usize, tol: f64, rows: usize, work: usize, tally: usize,
): void {
  const scales = work + rows * 8, step = ld * sizeof<T>(), scratch = tally + SCRATCH;
  const places = work + rows * 20 + g * 8, others = work + rows * 20 + h * 8;
  let x0 = <usize>load<u32>(places), x1 = <usize>load<u32>(places, 4), y0 = <usize>load<u32>(others), y1 = <usize>load<u32>(others, 4);
  let a0 = load<f64>(work + x0 * 8), a1 = load<f64>(work + x1 * 8), b0 = load<f64>(work + y0 * 8), b1 = load<f64>(work + y1 * 8);
  let r0 = load<f64>(scales + x0 * 8), r1 = load<f64>(scales + x1 * 8), s0 = load<f64>(scales + y0 * 8), s1 = load<f64>(scales + y1 * 8);
  const m0 = sqrt<f64>(a0), m1 = sqrt<f64>(a1), n0 = sqrt<f64>(b0), n1 = sqrt<f64>(b1);
  dots_4<T>(n, w + x0 * step, w + x1 * step, w + y0 * step, w + y1 * step, scratch);
  let d00 = load<f64>(scratch) * (r0 * s0), d01 = load<f64>(scratch, 8) * (r0 * s1);
  let d10 = load<f64>(scratch, 16) * (r1 * s0), d11 = load<f64>(scratch, 24) * (r1 * s1);
  see(d00, m0 * n0, tally);
  see(d01, m0 * n1, tally);
  see(d10, m1 * n0, tally);
  see(d11, m1 * n1, tally);
  const far00 = abs<f64>(d00) > tol * (m0 * n0), far11 = abs<f64>(d11) > tol * (m1 * n1);
  if (!far00 && !far11 && abs<f64>(d01) <= tol * (m0 * n1) && abs<f64>(d10) <= tol * (m1 * n0)) {
    leave(d00, m0 * n0, tally);
    leave(d01, m0 * n1, tally);
    leave(d10, m1 * n0, tally);
    return leave(d11, m1 * n1, tally);
  }
  let dx = load<f64>(work + rows * 16 + g * 8), dy = load<f64>(work + rows * 16 + h * 8), keep: f64 = 0, row: usize = 0;
  let most: f64 = 0; // a rotation by 45° stands for two pairs whose turn is lost to an exchange
  if (far00 && b0 > a0) { // x₀ ↔ y₀
    most = 1;
    row = x0; x0 = y0; y0 = row;
    keep = a0; a0 = b0; b0 = keep;
    keep = r0; r0 = s0; s0 = keep;
    keep = d01; d01 = dy; dy = keep;
    keep = d10; d10 = dx; dx = keep;
  }
  if (far11 && b1 > a1) { // x₁ ↔ y₁
    most = 1;
    row = x1; x1 = y1; y1 = row;
    keep = a1; a1 = b1; b1 = keep;
    keep = r1; r1 = s1; s1 = keep;
    keep = d01; d01 = dx; dx = keep;
    keep = d10; d10 = dy; dy = keep;
  }
  store<u32>(places, <u32>x0);
  store<u32>(places, <u32>x1, 4);
  store<u32>(others, <u32>y0);
  store<u32>(others, <u32>y1, 4);

  // (x₀, y₀) and (x₁, y₁)
  const t0 = far00 ? tangent(a0, b0, d00) : 0, t1 = far11 ? tangent(a1, b1, d11) : 0;
  const c0 = cosine(t0), c1 = cosine(t1), cc = c0 * c1;
  coefficients<T>(scratch + COEFFICIENTS, t0, r0, s0);
  coefficients<T>(scratch + COEFFICIENTS + 32, t1, r1, s1);
  r0 *= c0;
  s0 *= c0;
  r1 *= c1;
  s1 *= c1;
  a0 += t0 * d00;
  a1 += t1 * d11;
  const rest0 = b0 - t0 * d00, rest1 = b1 - t1 * d11;
  const e01 = cc * (d01 - t1 * dx + t0 * dy - t0 * t1 * d10), e10 = cc * (d10 - t0 * dx + t1 * dy - t0 * t1 * d01);
  const ex = cc * (dx + t1 * d01 + t0 * d10 + t0 * t1 * dy), ey = cc * (dy - t0 * d01 - t1 * d10 + t0 * t1 * dx);

  // (x₀, y₁) and (x₁, y₀); if so little was left of y₀ or y₁ that they have to be measured first, they wait for the next sweep
  let little = rest0 < LITTLE * b0 || rest1 < LITTLE * b1, t2: f64 = 0, t3: f64 = 0;
  if (!little) {
    b0 = rest0;
    b1 = rest1;
    const o0 = sqrt<f64>(a0) * sqrt<f64>(b1), o1 = sqrt<f64>(a1) * sqrt<f64>(b0);
    if (abs<f64>(e01) > tol * o0) t2 = tangent(a0, b1, e01);
    if (abs<f64>(e10) > tol * o1) t3 = tangent(a1, b0, e10);
    little = b1 - t2 * e01 < LITTLE * b1 || b0 - t3 * e10 < LITTLE * b0;
  }
  const c2 = cosine(t2), c3 = cosine(t3);
  coefficients<T>(scratch + COEFFICIENTS + 64, t2, r0, s1);
  coefficients<T>(scratch + COEFFICIENTS + 96, t3, r1, s0);
  const p0 = w + x0 * step, p1 = w + x1 * step, q0 = w + y0 * step, q1 = w + y1 * step;
  rotate_4<T>(width, p0, p1, q0, q1, scratch + COEFFICIENTS);
  rescale<T>(width, p0, scales + x0 * 8, r0 * c2);
  rescale<T>(width, p1, scales + x1 * 8, r1 * c3);
  rescale<T>(width, q0, scales + y0 * 8, s0 * c3);
  rescale<T>(width, q1, scales + y1 * 8, s1 * c2);
  b0 -= t3 * e10;
  b1 -= t2 * e01;
  dx = c2 * c3 * (ex + t2 * t3 * ey);
  dy = c2 * c3 * (ey + t2 * t3 * ex);
  if (little) {
    s0 = load<f64>(scales + y0 * 8);
    s1 = load<f64>(scales + y1 * 8);
    b0 = squared<T>(n, q0, s0);
    b1 = squared<T>(n, q1, s1);
    dy = <f64>dot<T>(n, q0, q1) * (s0 * s1);
  }
  store<f64>(work + x0 * 8, a0 + t2 * e01);
  store<f64>(work + x1 * 8, a1 + t3 * e10);
  store<f64>(work + y0 * 8, b0);
  store<f64>(work + y1 * 8, b1);
  store<f64>(work + rows * 16 + g * 8, dx);
  store<f64>(work + rows * 16 + h * 8, dy);
  most = max<f64>(most, max<f64>(max<f64>(abs<f64>(t0), abs<f64>(t1)), max<f64>(abs<f64>(t2), abs<f64>(t3))));
  count(i32(t0 != 0) + i32(t1 != 0) + i32(t2 != 0) + i32(t3 != 0), most, tally);
}

/** Keeps the largest |cosine| found. */
// @ts-ignore: decorator
@inline
function see(product: f64, size: f64, tally: usize): void {
  if (abs<f64>(product) > load<f64>(tally) * size) store<f64>(tally, abs<f64>(product) / size);
}

/** Keeps the largest |cosine| left alone. */
// @ts-ignore: decorator
@inline
function leave(product: f64, size: f64, tally: usize): void {
  if (abs<f64>(product) > load<f64>(tally, LEFT) * size) store<f64>(tally, abs<f64>(product) / size, LEFT);
}

function count(rotations: i32, tangent: f64, tally: usize): void {
  store<f64>(tally, max<f64>(load<f64>(tally, TANGENT), tangent), TANGENT);
  store<f64>(tally, load<f64>(tally, COUNT) + <f64>rotations, COUNT);
}

/** tan θ of the smaller rotation that makes rows of squares a and b with this product ≠ 0 orthogonal. */
function tangent(a: f64, b: f64, product: f64): f64 {
  if (a > APART * b) return product / a; // the limit, where the quotient below may overflow
  if (b > APART * a) return -product / b;
  const zeta = (a - b) / (2 * product), root = 1 / (abs<f64>(zeta) + sqrt<f64>(1 + zeta * zeta));
  return zeta >= 0 ? root : -root;
}

const APART: f64 = 1e18;

/** 1/√(1 + t²), rounded without a bias: near 1 the plain formula rounds upward more often, and rows would grow by it. */
// @ts-ignore: decorator
@inline
function cosine(tangent: f64): f64 {
  const square = tangent * tangent, root = sqrt<f64>(1 + square);
  return 1 - square / (root * (1 + root));
}

/** α and −β of a rotation of stored rows, in all lanes. */
// @ts-ignore: decorator
@inline
function coefficients<T extends number>(at: usize, t: f64, scaleX: f64, scaleY: f64): void {
  v128.store(at, v128.splat<T>(<T>(t * (scaleY / scaleX))));
  v128.store(at, v128.splat<T>(<T>(-t * (scaleX / scaleY))), 16);
}

/** Keeps a row's factor above 1/4: what it loses goes into the row, a power of two without rounding. */
function rescale<T extends number>(width: usize, row: usize, at: usize, scale: f64): void {
  if (scale < 0.25) {
    scal<T>(width, <T>0.25, row);
    scale *= 4;
  }
  store<f64>(at, scale);
}
