import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkInteger,
  checkMatrix,
  checkSame,
  checkShape,
  checkVector,
  checkWord,
  copyMatrixIn,
  copyMatrixOut,
  copyStoredIn,
  dtypeOf,
  elements,
  type Matrix,
  part,
  place,
  placeIndices,
  placeRows,
  placeZeros,
  refuseNotFinite,
  setOnes,
  spreadRows,
  steps,
  stored,
} from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";

const { engine } = builds[0]!;
const f32 = (n: number): Float32Array => new Float32Array(n);

test("checkMatrix answers the element type, also for empty matrices and a stride that ends with the last row", () => {
  assert.equal(checkMatrix("op", "A", { rows: 2, cols: 3, data: f32(6) }), "f32");
  assert.equal(checkMatrix("op", "A", { rows: 2, cols: 3, data: new Float64Array(8), stride: 5 }), "f64");
  assert.equal(checkMatrix("op", "A", { rows: 0, cols: 3, data: f32(0), stride: 9 }), "f32");
});

test("a shape that is no shape is refused, with both values", () => {
  for (const [a, message] of [
    [{ rows: 2, cols: 3, data: f32(5) }, "op: A is 2×3, so its data needs 6 elements; got 5"],
    [{ rows: 2, cols: 3, data: f32(7), stride: 5 }, "op: A is 2×3 with stride 5, so its data needs 8 elements; got 7"],
    [{ rows: 2, cols: 3, data: f32(9), stride: 2 }, "op: A has 3 columns and stride 2, a stride of at least 3 was needed"],
    [
      { rows: 2, cols: 3, data: f32(9), stride: 1, order: "column" },
      "op: A has 2 rows, stored by columns, and stride 1, a stride of at least 2 was needed",
    ],
    [
      { rows: 2, cols: 3, data: f32(9), stride: 4, order: "column" },
      "op: A is 2×3 with stride 4, so its data needs 10 elements; got 9",
    ],
    [{ rows: -1, cols: 3, data: f32(9) }, "op: A is -1×3, whole numbers of rows and columns were needed"],
    [{ rows: 1.5, cols: 3, data: f32(9) }, "op: A is 1.5×3, whole numbers of rows and columns were needed"],
    [{ rows: 1, cols: Number.NaN, data: f32(9) }, "op: A is 1×NaN, whole numbers of rows and columns were needed"],
  ] as const) {
    assert.throws(() => checkMatrix("op", "A", a), { code: "SHAPE", message });
  }
});

test("a matrix by columns needs a stride for its rows, and any other order is refused", () => {
  const a: Matrix = { rows: 2, cols: 3, data: f32(6), order: "column" };
  assert.equal(checkMatrix("op", "A", a), "f32");
  assert.deepEqual(stored(a), { lines: 3, length: 2, stride: 2 });
  assert.deepEqual(steps(a), { row: 1, col: 2 });
  assert.deepEqual(steps({ ...a, order: "row", stride: 7 }), { row: 7, col: 1 });
  assert.throws(() => checkMatrix("op", "A", { ...a, order: "C" as "row" }), {
    code: "USAGE",
    message: 'op: the order of A is "C", "row" or "column" was needed',
  });
});

test("data of another type is refused and its type named", () => {
  for (const [data, is] of [
    [[1, 2], "Array"],
    [new Int8Array(2), "Int8Array"],
    [undefined, "undefined"],
    [null, "null"],
    [3, "number"],
  ] as const) {
    const message = `op: the data of A is ${is}, a Float32Array or Float64Array was needed; copy it into one`;
    assert.throws(() => dtypeOf("op", "A", data), { code: "DTYPE", message });
    assert.throws(() => checkMatrix("op", "A", { rows: 1, cols: 2, data } as unknown as Matrix), { code: "DTYPE", message });
  }
});

test("vectors, second operands and options are refused with both values", () => {
  assert.equal(checkVector("op", "x", f32(4), 4, "A is 3×4"), "f32");
  assert.throws(() => checkVector("op", "x", f32(5), 4, "A is 3×4"), {
    code: "SHAPE",
    message: "op: A is 3×4, so x needs 4 elements; got 5",
  });
  checkSame("op", "A", "f32", "B", "f32");
  assert.throws(() => checkSame("op", "A", "f32", "B", "f64"), {
    code: "DTYPE",
    message: "op: A is f32, so B must be too; got f64",
  });
  checkShape("op", "C", { rows: 2, cols: 3, data: f32(6) }, 2, 3, "the product is 2×3");
  assert.throws(() => checkShape("op", "C", { rows: 3, cols: 2, data: f32(6) }, 2, 3, "the product is 2×3"), {
    code: "SHAPE",
    message: "op: the product is 2×3, so C needs 2×3; got 3×2",
  });
  checkWord("op", "side", "left", ["left", "right"]);
  assert.throws(() => checkWord("op", "side", "top", ["left", "right"]), {
    code: "USAGE",
    message: 'op: side is "top", one of left, right was needed',
  });
  checkInteger("op", "rank", 3, 1, 3);
  for (const bad of [0, 4, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => checkInteger("op", "rank", bad, 1, 3), {
      code: "USAGE",
      message: `op: rank is ${bad}, a whole number from 1 to 3 was needed`,
    });
  }
});

test("the first element that is not finite is named by row and column; gaps between rows do not count", () => {
  const data = new Float64Array(11).fill(1);
  const a = { rows: 3, cols: 3, data, stride: 4 };
  data[3] = Number.NaN; // behind row 0
  refuseNotFinite("op", "A", a);
  data[9] = Number.NEGATIVE_INFINITY;
  assert.throws(() => refuseNotFinite("op", "A", a), {
    code: "FORMAT",
    message: /^op: element \(2, 1\) of A is -Infinity, finite numbers were needed/,
  });
  assert.throws(() => refuseNotFinite("op", "A", { ...a, order: "column" }), {
    message: /^op: element \(1, 2\) of A is -Infinity/,
  });
  data[6] = Number.NaN;
  assert.throws(() => refuseNotFinite("op", "A", a), { code: "FORMAT", message: /^op: element \(1, 2\) of A is NaN/ });
});

test("matrices go in without their gaps and come out as fresh arrays", () => {
  for (const make of [(x: number[]) => Float32Array.from(x), (x: number[]) => Float64Array.from(x)]) {
    const data = make([1, 2, 3, -1, 4, 5, 6, -1, -1]);
    engine.scope((s) => {
      const placed = copyMatrixIn(engine, s, { rows: 2, cols: 3, data, stride: 4 });
      assert.deepEqual(copyMatrixOut(s, placed, data instanceof Float32Array ? "f32" : "f64"), {
        rows: 2,
        cols: 3,
        data: make([1, 2, 3, 4, 5, 6]),
      });
      const dense = copyMatrixIn(engine, s, { rows: 1, cols: 2, data });
      assert.deepEqual(copyMatrixOut(s, dense, data instanceof Float32Array ? "f32" : "f64").data, make([1, 2]));
    });
  }
  engine.scope((s) => {
    const data = Float32Array.of(1, 4, -1, 2, 5, -1, 3, 6);
    const columns: Matrix<Float32Array> = { rows: 2, cols: 3, data, stride: 3, order: "column" };
    const placed = copyMatrixIn(engine, s, columns);
    assert.deepEqual(copyMatrixOut(s, placed, "f32").data, Float32Array.of(1, 2, 3, 4, 5, 6));
    const asStored = copyStoredIn(engine, s, columns);
    assert.equal(asStored.transposed, true);
    assert.deepEqual(copyMatrixOut(s, asStored.placed, "f32").data, Float32Array.of(1, 4, 2, 5, 3, 6));
    assert.deepEqual(elements(engine, part(placed, 4, 1, 1, 1, 2).ptr, 2, "f32"), Float32Array.of(5, 6));
    assert.throws(() => copyMatrixOut(s, { ...place(s, 2, 3, 4), ld: 5 }, "f32"), { code: "BROKEN" });
  });
});

test("indices lie in memory as u32, and rows an odd number of cache lines apart", () => {
  engine.scope((s) => {
    const p = placeIndices(engine, s, Uint32Array.of(7, 2 ** 31, 1).subarray(1));
    assert.deepEqual(Array.from(new Uint32Array(engine.memory.buffer, p, 2)), [2 ** 31, 1]);
    assert.ok(elements(engine, p, 1, "f32") instanceof Float32Array && elements(engine, p, 1, "f64") instanceof Float64Array);
  });
  for (const size of [4, 8]) {
    for (const cols of [0, 1, 8, 15, 16, 17, 100, 1024]) {
      const bytes = spreadRows(cols, size) * size;
      assert.ok(bytes % 128 === 64 && bytes >= cols * size && bytes < cols * size + 128, `${cols} elements of ${size}: ${bytes}`);
    }
  }
});

test("part begins where it says and keeps the distance of rows; placeZeros and placeRows spread them; setOnes fills the diagonal from a row on", () => {
  engine.scope((s) => {
    const a = placeZeros(engine, s, 3, 4, 8);
    assert.deepEqual([a.rows, a.cols, a.ld], [3, 4, spreadRows(4, 8)]);
    assert.ok(engine.f64(a.ptr, 3 * a.ld).every((x) => x === 0));
    setOnes(engine, "f64", a, 1);
    assert.deepEqual(
      [0, 1, 2].map((i) => elements(engine, part(a, 8, i, i).ptr, 1, "f64")[0]),
      [0, 1, 1],
    );
    assert.deepEqual(part(a, 8, 1, 2), { ptr: a.ptr + (a.ld + 2) * 8, rows: 2, cols: 2, ld: a.ld });
    assert.deepEqual(part(a, 8, 1, 2, 1, 1), { ptr: a.ptr + (a.ld + 2) * 8, rows: 1, cols: 1, ld: a.ld });
    assert.equal(placeRows(s, 2, 5, 4).ld, spreadRows(5, 4));
  });
});
