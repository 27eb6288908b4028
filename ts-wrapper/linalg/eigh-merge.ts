import type { Engine, FloatDtype, Ptr } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { bytesPerElement, copyRows, elements, type Placed, place, placeIndices, unitRoundoff } from "./matrix.ts";
import { product } from "./product.ts";

/** Two decomposed halves of a tridiagonal matrix, rows first … first + rows − 1 of it, of which `upper` are the first half's. */
export interface Halves {
  /** Their eigenvalues; becomes those of the whole, in no order. */
  readonly d: Float64Array;
  /** Their eigenvectors in rows, in two blocks on the diagonal; becomes those of the whole. */
  readonly q: Placed;
  readonly first: number;
  readonly upper: number;
  readonly rows: number;
  /** The element of T that joined them. */
  readonly rho: number;
}

/** Eigenvectors that are zero in the second half, in neither, in the first. */
type Kind = 0 | 1 | 2;

/** What deflation left: indices of eigenpairs that the change of rank one moves, ascending, and of those that it does not. */
export interface Deflated {
  readonly kept: number[];
  readonly left: number[];
  readonly kind: Uint8Array;
}

/** Poles and roots that are worth handing to a thread together: some tens of microseconds. */
const PAIRS = 1 << 14;

/**
 * The eigenvalues and eigenvectors of diag(T₁, T₂) + |ρ|·x·xᵀ, with x = (0 … 1, ±1 … 0), from those of T₁ and T₂.
 *
 * With z = Q·x the matrix is similar to diag(d) + |ρ|·z·zᵀ. Pairs that it leaves alone within rounding are set aside; the roots of the
 * secular equation of the others are their new eigenvalues, and the new vectors a product of two matrices, of which the parts that are
 * known to be zero are left out.
 *
 * Sources: Cuppen, Numer. Math. 36 (1981) 177–195; Dongarra & Sorensen, SISSC 8 (1987) s139–s154 (deflation); Gu & Eisenstat, SIMAX 16
 * (1995) 172–191; Rutter, UCB/CSD-94-799 (1994) (zeros left out). LAPACK xLAED1, xLAED2, xLAED3.
 */
export function merge(engine: Engine, dtype: FloatDtype, what: string, halves: Halves): void {
  const { d, q, first, upper, rows, rho } = halves;
  const size = bytesPerElement[dtype];
  const row = (i: number): Ptr => (q.ptr + ((first + i) * q.ld + first) * size) as Ptr;
  const part = d.subarray(first, first + rows);
  const z = joint(engine, dtype, halves);
  const { kept, left, kind } = deflate(part, z, 2 * Math.abs(rho), upper, unitRoundoff[dtype], (p, j, c, s) =>
    engine.wasm[`rot_${dtype}`](rows, row(p), row(j), c, s),
  );
  const k = kept.length;
  if (k === 0) return;
  engine.scope((s) => {
    // Vectors of the first half, of both, of the second: as columns of the product they lie in this order.
    const byKind = ([0, 1, 2] as const).map((wanted) => kept.filter((i) => kind[i] === wanted));
    const sorted = byKind.flat();
    const column = new Uint32Array(k);
    const place_ = new Map(sorted.map((i, at) => [i, at]));
    kept.forEach((i, at) => {
      column[at] = place_.get(i)!;
    });
    const [onlyUpper, both] = [byKind[0]!.length, byKind[1]!.length];
    const upperRows = packRows(sorted.slice(0, onlyUpper + both), 0, upper);
    const lowerRows = packRows(sorted.slice(onlyUpper), upper, rows - upper);
    const spare = packRows(left, 0, rows);

    const x = place(s, k, k, size);
    const values = secular(engine, s, dtype, what, {
      d: Float64Array.from(kept, (i) => part[i]!),
      z: Float64Array.from(kept, (i) => z[i]!),
      rho: 2 * Math.abs(rho),
      column,
      x,
    });
    const leftValues = left.map((i) => part[i]!);
    part.set(values);
    part.set(leftValues, k);

    newColumns(0, onlyUpper + both, upperRows, 0, upper);
    newColumns(onlyUpper, k - onlyUpper, lowerRows, upper, rows - upper);
    copyRows(engine, dtype, spare, { ptr: row(0), rows, cols: rows, ld: q.ld }, k);

    /** Columns of some rows of the halves, copied together. */
    function packRows(indices: readonly number[], from: number, cols: number): Placed {
      const to = place(s, indices.length, cols, size);
      const memory = engine.u8(0 as Ptr, engine.memory.buffer.byteLength);
      indices.forEach((i, at) => {
        const start = row(i) + from * size;
        memory.copyWithin(to.ptr + at * cols * size, start, start + cols * size);
      });
      return to;
    }

    /** Columns of the new rows, from some columns of X. */
    function newColumns(fromX: number, depth: number, b: Placed, to: number, cols: number): void {
      const a: Placed = { ptr: (x.ptr + fromX * size) as Ptr, rows: k, cols: depth, ld: k };
      const c: Placed = { ptr: (row(0) + to * size) as Ptr, rows: k, cols, ld: q.ld };
      product(engine, s, dtype, {}, a, b, c);
    }
  });
}

/** Q·x over √2: the last elements of the first half's vectors, the first of the second's with the sign of ρ. */
function joint(engine: Engine, dtype: FloatDtype, { q, first, upper, rows, rho }: Halves): Float64Array {
  const view = elements(engine, q.ptr, q.rows * q.ld, dtype);
  const column = (i: number): number => (i < upper ? first + upper - 1 : first + upper);
  const sign = rho < 0 ? -1 : 1;
  return Float64Array.from(
    { length: rows },
    (_, i) => (i < upper ? 1 : sign) * view[(first + i) * q.ld + column(i)]! * Math.SQRT1_2,
  );
}

/**
 * Sets aside pairs whose z is negligible, and turns pairs whose values are too near each other until one z is zero.
 *
 * d and z are changed with the rotations; `rotate(p, j, c, s)` is told to do the same to the vectors: p ← c·p + s·j, j ← c·j − s·p.
 */
export function deflate(
  d: Float64Array,
  z: Float64Array,
  rho: number,
  upper: number,
  u: number,
  rotate: (p: number, j: number, c: number, s: number) => void,
): Deflated {
  const kind = Uint8Array.from(d.keys(), (i): Kind => (i < upper ? 0 : 2));
  const kept: number[] = [];
  const left: number[] = [];
  const tol = 8 * u * Math.max(largest(d), largest(z) * rho);
  let p = -1;
  for (const j of Uint32Array.from(d.keys()).sort((i, k) => d[i]! - d[k]! || i - k)) {
    if (rho * Math.abs(z[j]!) <= tol) {
      left.push(j);
      continue;
    }
    if (p >= 0) {
      const r = Math.hypot(z[p]!, z[j]!);
      const [c, s] = [z[j]! / r, -z[p]! / r];
      const gap = d[j]! - d[p]!;
      if (Math.abs(gap * c * s) <= tol) {
        rotate(p, j, c, s);
        if (kind[p] !== kind[j]) kind[j] = 1;
        [z[p], z[j]] = [0, r];
        [d[p], d[j]] = [d[p]! + s * s * gap, d[j]! - s * s * gap];
        left.push(p);
      } else {
        kept.push(p);
      }
    }
    p = j;
  }
  if (p >= 0) kept.push(p);
  return { kept, left, kind };
}

function largest(x: Float64Array): number {
  return x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

interface RankOne {
  readonly d: Float64Array;
  readonly z: Float64Array;
  readonly rho: number;
  /** Where element j of a vector goes. */
  readonly column: Uint32Array;
  /** k × k, written. */
  readonly x: Placed;
}

/** The eigenvalues of diag(d) + ρ·z·zᵀ; its eigenvectors go to the rows of x. */
function secular(
  engine: Engine,
  s: Parameters<typeof place>[0],
  dtype: FloatDtype,
  what: string,
  { d, z, rho, column, x }: RankOne,
): Float64Array {
  const k = d.length;
  const [pd, pz, zhat, mu] = [s.copyIn(d), s.copyIn(z), s.alloc(k * 8), s.alloc(k * 8)];
  const [origin, steps] = [s.alloc(k * 4), s.alloc(k * 4)];
  const grain = Math.ceil(PAIRS / k);
  engine.parallel("eigen_secular_roots", [k, pd, pz, rho, origin, mu, steps], k, grain);
  const failed = new Int32Array(engine.memory.buffer, steps, k).findIndex((count) => count < 0);
  if (failed >= 0) {
    throw new LowrankError(
      "NO_CONVERGENCE",
      what,
      `root ${failed} of ${k} of the secular equation was not found in 400 steps, 4 are usual; use method: "jacobi" and report the matrix`,
    );
  }
  engine.parallel("eigen_secular_z", [k, pd, origin, mu, pz, zhat], k, grain);
  const columns = placeIndices(engine, s, column);
  engine.parallel(`eigen_secular_vectors_${dtype}`, [k, pd, origin, mu, zhat, columns, x.ptr, x.ld], k, grain);
  const at = new Uint32Array(engine.memory.buffer, origin, k);
  const roots = engine.f64(mu, k);
  return d.map((_, i) => d[at[i]!]! + roots[i]!);
}
