/**
 * Singular values far beyond float64, to measure others by: one-sided Jacobi rotations (Hestenes) in pairs of float64 numbers, high + low,
 * about 31 digits. Slow, and written to be read. Every value is right to about 10⁻²⁵ of itself, times the condition number that is
 * left when the columns of the matrix are scaled to equal length.
 *
 * Products are split by Dekker's method, sums by Knuth's; entries within 10^±100 stay clear of overflow and underflow.
 */
export function referenceSingularValues(rows: number, cols: number, data: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const [r, c] = rows < cols ? [rows, cols] : [cols, rows];
  // The working rows are A's rows when it is wide, its columns when it is tall.
  const work: Row[] = Array.from({ length: r }, (_, i) => ({
    high: Float64Array.from({ length: c }, (_, j) => data[rows < cols ? i * cols + j : j * cols + i]!),
    low: new Float64Array(c),
  }));
  for (let rotated = true; rotated; ) {
    rotated = false;
    work.sort((x, y) => square(y) - square(x)); // fewer sweeps
    for (let p = 0; p < r; p++) for (let q = p + 1; q < r; q++) rotated = orthogonalise(work[p]!, work[q]!) || rotated;
  }
  return Float64Array.from(work, (row) => Math.sqrt(square(row))).sort((a, b) => b - a);
}

interface Row {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

const square = (x: Row): number => dot(x, x)[0];

type Pair = readonly [high: number, low: number];

/** Rotates two rows to be orthogonal; false if they are already. */
function orthogonalise(x: Row, y: Row): boolean {
  const [a, b, [d]] = [square(x), square(y), dot(x, y)];
  if (Math.abs(d) <= 1e-26 * Math.sqrt(a) * Math.sqrt(b)) return false;
  const zeta = (a - b) / (2 * d);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  // c = 1/√(1 + t²) to full length by one step of Newton's method; the angle itself needs no more than float64.
  const secant = add(product(t, t), [1, 0]);
  const guess = 1 / Math.sqrt(secant[0]);
  const [rest] = add([1, 0], negative(multiply(secant, product(guess, guess))));
  const c = add([guess, 0], [0.5 * guess * rest, 0]);
  const s = multiply(c, [t, 0]);
  for (let j = 0; j < x.high.length; j++) {
    const u: Pair = [x.high[j]!, x.low[j]!];
    const v: Pair = [y.high[j]!, y.low[j]!];
    [x.high[j], x.low[j]] = add(multiply(c, u), multiply(s, v));
    [y.high[j], y.low[j]] = add(multiply(c, v), negative(multiply(s, u)));
  }
  return true;
}

function dot(x: Row, y: Row): Pair {
  let sum: Pair = [0, 0];
  for (let j = 0; j < x.high.length; j++) sum = add(sum, multiply([x.high[j]!, x.low[j]!], [y.high[j]!, y.low[j]!]));
  return sum;
}

function add([a, al]: Pair, [b, bl]: Pair): Pair {
  const s = a + b;
  const t = s - a;
  return renormalise(s, a - (s - t) + (b - t) + al + bl);
}

function multiply(a: Pair, b: Pair): Pair {
  const [p, e] = product(a[0], b[0]);
  return renormalise(p, e + (a[0] * b[1] + a[1] * b[0]));
}

/** a·b without error. */
function product(a: number, b: number): Pair {
  const p = a * b;
  const [a1, a0] = split(a);
  const [b1, b0] = split(b);
  return [p, a1 * b1 - p + a1 * b0 + a0 * b1 + a0 * b0];
}

function split(a: number): Pair {
  const t = a * 134217729; // 2²⁷ + 1
  const high = t - (t - a);
  return [high, a - high];
}

const negative = ([a, b]: Pair): Pair => [-a, -b];

function renormalise(a: number, b: number): Pair {
  const s = a + b;
  return [s, b - (s - a)];
}
