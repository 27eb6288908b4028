import type { Engine, FloatDtype, Floats, Ptr, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";

/**
 * rows × cols numbers. Row by row, unless `order` says otherwise: element (i, j) is `data[i·stride + j]`, stride ≥ cols, by default cols.
 * Results are always of this kind, without gaps. In the order `column` it is `data[j·stride + i]`, stride ≥ rows, by default rows: what
 * `transpose` makes, so that nothing is copied.
 */
export interface Matrix<F extends Floats = Floats> {
  readonly rows: number;
  readonly cols: number;
  readonly data: F;
  readonly stride?: number;
  readonly order?: MatrixOrder;
}

/** What lies next to each other: the elements of a row, or those of a column. */
export type MatrixOrder = "row" | "column";

/** The array type of results: of the same element type as the input, on memory of its own. */
export type Fresh<F extends Floats> = F extends Float32Array ? Float32Array<ArrayBuffer> : Float64Array<ArrayBuffer>;

/** A matrix inside the engine's memory, row-major: element (i, j) lies i·ld + j elements behind `ptr`. */
export interface Placed {
  readonly ptr: Ptr;
  readonly rows: number;
  readonly cols: number;
  readonly ld: number;
}

export const bytesPerElement = { f32: 4, f64: 8 } as const;

/** The unit roundoff u of a type: half the distance from 1 to the next number. */
export const unitRoundoff = { f32: 2 ** -24, f64: 2 ** -53 } as const;

/** The element type of `data`; `DTYPE` for anything but a Float32Array or a Float64Array. */
export function dtypeOf(what: string, name: string, data: unknown): FloatDtype {
  if (data instanceof Float32Array) return "f32";
  if (data instanceof Float64Array) return "f64";
  const is = data === null ? "null" : typeof data === "object" ? (data.constructor?.name ?? "an object") : typeof data;
  throw new LowrankError(
    "DTYPE",
    what,
    `the data of ${name} is ${is}, a Float32Array or Float64Array was needed; copy it into one`,
  );
}

/** Checks shape, order, stride and length of a matrix and answers its element type. Throws `SHAPE`, `USAGE` or `DTYPE`. */
export function checkMatrix(what: string, name: string, a: Matrix): FloatDtype {
  const { rows, cols, order = "row" } = a;
  if (!isCount(rows) || !isCount(cols)) {
    throw new LowrankError("SHAPE", what, `${name} is ${rows}×${cols}, whole numbers of rows and columns were needed`);
  }
  if (order !== "row" && order !== "column") {
    throw new LowrankError("USAGE", what, `the order of ${name} is ${JSON.stringify(order)}, "row" or "column" was needed`);
  }
  const { lines, length, stride } = stored(a);
  if (!isCount(stride) || stride < length) {
    const has = order === "row" ? `${cols} columns` : `${rows} rows, stored by columns,`;
    throw new LowrankError("SHAPE", what, `${name} has ${has} and stride ${stride}, a stride of at least ${length} was needed`);
  }
  const dtype = dtypeOf(what, name, a.data);
  const needed = lines === 0 || length === 0 ? 0 : (lines - 1) * stride + length;
  if (a.data.length < needed) {
    const shape = `${rows}×${cols}${stride === length ? "" : ` with stride ${stride}`}`;
    throw new LowrankError("SHAPE", what, `${name} is ${shape}, so its data needs ${needed} elements; got ${a.data.length}`);
  }
  return dtype;
}

/** A matrix as it lies in its data: `lines` rows, or columns, of `length` elements each, `stride` apart. */
export function stored(a: Matrix): { readonly lines: number; readonly length: number; readonly stride: number } {
  const [lines, length] = a.order === "column" ? [a.cols, a.rows] : [a.rows, a.cols];
  return { lines, length, stride: a.stride ?? length };
}

/** Distances in `data` from one row to the next, and from one column to the next. */
export function steps(a: Matrix): { readonly row: number; readonly col: number } {
  const { stride } = stored(a);
  return a.order === "column" ? { row: 1, col: stride } : { row: stride, col: 1 };
}

/** Checks that a vector has `length` elements, since `why`, and answers its element type. */
export function checkVector(what: string, name: string, x: Floats, length: number, why: string): FloatDtype {
  const dtype = dtypeOf(what, name, x);
  if (x.length !== length) throw new LowrankError("SHAPE", what, `${why}, so ${name} needs ${length} elements; got ${x.length}`);
  return dtype;
}

/** Checks that `name` is of the same type as `first`. */
export function checkSame(what: string, first: string, dtype: FloatDtype, name: string, other: FloatDtype): void {
  if (other !== dtype) {
    throw new LowrankError("DTYPE", what, `${first} is ${dtype}, so ${name} must be too; got ${other}`);
  }
}

/** Checks that a matrix has the shape that follows from others. */
export function checkShape(what: string, name: string, a: Matrix, rows: number, cols: number, why: string): void {
  if (a.rows !== rows || a.cols !== cols) {
    throw new LowrankError("SHAPE", what, `${why}, so ${name} needs ${rows}×${cols}; got ${a.rows}×${a.cols}`);
  }
}

/** Checks that an option is a whole number from `least` to `most`. */
export function checkInteger(what: string, name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new LowrankError("USAGE", what, `${name} is ${value}, a whole number from ${least} to ${most} was needed`);
  }
}

/** Checks that an option is one of its words. */
export function checkWord(what: string, name: string, value: string, words: readonly string[]): void {
  if (!words.includes(value)) {
    throw new LowrankError("USAGE", what, `${name} is ${JSON.stringify(value)}, one of ${words.join(", ")} was needed`);
  }
}

/** The error for a result that its type cannot hold; `of` is what was decomposed. */
export function beyondRange(what: string, result: string, dtype: FloatDtype, of = "the matrix"): LowrankError {
  const type = dtype === "f32" ? "float32" : "float64";
  return new LowrankError("DTYPE", what, `${result} is beyond the range of ${type}; scale ${of} down`);
}

/** Throws `FORMAT` and names the first element, in row order, that is NaN or infinite. Returns if there is none. */
export function refuseNotFinite(what: string, name: string, a: Matrix): void {
  const step = steps(a);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.cols; j++) {
      const x = a.data[i * step.row + j * step.col]!;
      if (Number.isFinite(x)) continue;
      throw new LowrankError(
        "FORMAT",
        what,
        `element (${i}, ${j}) of ${name} is ${x}, finite numbers were needed; find where it comes from`,
      );
    }
  }
}

/** Copies a checked matrix into the scope, row by row without gaps. */
export function copyMatrixIn(engine: Engine, s: Scope, a: Matrix): Placed {
  if (a.order !== "column") return copyStoredIn(engine, s, a).placed;
  const dtype = a.data instanceof Float32Array ? "f32" : "f64";
  const out = place(s, a.rows, a.cols, bytesPerElement[dtype]);
  engine.scope((inner) => {
    const { placed } = copyStoredIn(engine, inner, a);
    engine.parallel(`transpose_${dtype}`, [placed.rows, placed.ptr, placed.ld, out.ptr, out.ld], out.rows, 32);
  });
  return out;
}

/** Copies a checked matrix into the scope as it is stored, without gaps: one in the order `column` comes as its transpose. */
export function copyStoredIn(engine: Engine, s: Scope, a: Matrix): { readonly placed: Placed; readonly transposed: boolean } {
  const { data } = a;
  const { lines, length, stride } = stored(a);
  const transposed = a.order === "column";
  if (stride === length) {
    return { placed: { ptr: s.copyIn(data.subarray(0, lines * length)), rows: lines, cols: length, ld: length }, transposed };
  }
  const placed = place(s, lines, length, data.BYTES_PER_ELEMENT);
  const view = elements(engine, placed.ptr, lines * length, data instanceof Float32Array ? "f32" : "f64");
  for (let i = 0; i < lines; i++) view.set(data.subarray(i * stride, i * stride + length), i * length);
  return { placed, transposed };
}

/** Copies a matrix out of the scope. */
export function copyMatrixOut<F extends Floats>(s: Scope, a: Placed, dtype: FloatDtype): Matrix<Fresh<F>> {
  if (a.ld !== a.cols)
    throw new LowrankError("BROKEN", "matrix", `rows ${a.ld} apart cannot be copied out at once, ${a.cols} needed`);
  return { rows: a.rows, cols: a.cols, data: s.copyOut(a.ptr, a.rows * a.cols, dtype) as Fresh<F> };
}

/** Room for a matrix, rows without gaps, not cleared. */
export function place(s: Scope, rows: number, cols: number, size: number): Placed {
  return { ptr: s.alloc(rows * cols * size), rows, cols, ld: cols };
}

/** The part of a matrix from (row, col) on; all that is left of it where no shape is given. */
export function part(a: Placed, size: number, row: number, col: number, rows = a.rows - row, cols = a.cols - col): Placed {
  return { ptr: (a.ptr + (row * a.ld + col) * size) as Ptr, rows, cols, ld: a.ld };
}

/** Puts ones on the diagonal, from element (first, first) on. */
export function setOnes(engine: Engine, dtype: FloatDtype, a: Placed, first: number): void {
  const size = bytesPerElement[dtype];
  const end = Math.min(a.rows, a.cols);
  for (let i = first; i < end; i++) elements(engine, part(a, size, i, i).ptr, 1, dtype)[0] = 1;
}

/** Room for a matrix whose rows fall on different sets of the cache, not cleared. */
export function placeRows(s: Scope, rows: number, cols: number, size: number): Placed {
  const ld = spreadRows(cols, size);
  return { ptr: s.alloc(rows * ld * size), rows, cols, ld };
}

/** The same, all zeros. */
export function placeZeros(engine: Engine, s: Scope, rows: number, cols: number, size: number): Placed {
  const a = placeRows(s, rows, cols, size);
  engine.u8(a.ptr, rows * a.ld * size).fill(0);
  return a;
}

/** Copies the rows of `from` over those of `to`, from its row `first` on; both in the engine's memory, and apart. */
export function copyRows(engine: Engine, dtype: FloatDtype, from: Placed, to: Placed, first = 0): void {
  const size = bytesPerElement[dtype];
  const memory = new Uint8Array(engine.memory.buffer);
  for (let i = 0; i < from.rows; i++) {
    const at = from.ptr + i * from.ld * size;
    memory.copyWithin(to.ptr + (first + i) * to.ld * size, at, at + from.cols * size);
  }
}

/** Indices as the kernels read them: u32. */
export function placeIndices(engine: Engine, s: Scope, indices: Uint32Array): Ptr {
  const p = s.alloc(indices.byteLength);
  engine.u8(p, indices.byteLength).set(new Uint8Array(indices.buffer, indices.byteOffset, indices.byteLength));
  return p;
}

/** The distance between rows, in elements, that is an odd number of cache lines: rows then fall on different sets of the cache. */
export function spreadRows(cols: number, size: number): number {
  const lines = Math.ceil((cols * size) / 64);
  return ((lines | 1) * 64) / size;
}

/** A view for one statement: memory that grows leaves it empty. */
export function elements(engine: Engine, p: Ptr, length: number, dtype: FloatDtype): Floats {
  return dtype === "f32" ? engine.f32(p, length) : engine.f64(p, length);
}

function isCount(x: number): boolean {
  return Number.isSafeInteger(x) && x >= 0;
}
