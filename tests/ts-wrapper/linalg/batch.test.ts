import assert from "node:assert/strict";
import { test } from "node:test";
import { checkBatch, refuseBatch } from "../../../ts-wrapper/linalg/batch.ts";
import { eighBatched } from "../../../ts-wrapper/linalg/eigh-batched.ts";
import { builds } from "../../support/builds.ts";

test("checkBatch answers the type, and refuses counts that are none, data of another length or type", () => {
  const data = new Float32Array(12);
  assert.equal(checkBatch("op", "A", { count: 3, rows: 2, cols: 2, data }), "f32");
  assert.equal(checkBatch("op", "A", { count: 0, rows: 2, cols: 2, data: new Float64Array(0) }), "f64");
  const refuse = (count: number, rows: number, code: string, message: RegExp): void =>
    assert.throws(() => checkBatch("op", "A", { count, rows, cols: 2, data }), { code, message });
  refuse(1.5, 2, "SHAPE", /op: A is 1.5 matrices of 2×2, whole numbers were needed/);
  refuse(3, -1, "SHAPE", /whole numbers/);
  refuse(4, 2, "SHAPE", /A is 4 matrices of 2×2, so its data needs 16 elements; got 12/);
  const words = { count: 1, rows: 1, cols: 1, data: [1] as unknown as Float32Array };
  assert.throws(() => checkBatch("op", "A", words), { code: "DTYPE", message: /data of A is Array/ });
});

test("refuseBatch names the first element that is read and not finite, with its matrix", () => {
  const a = { count: 2, rows: 2, cols: 2, data: Float64Array.of(1, Number.NaN, 1, 1, 1, 1, Number.POSITIVE_INFINITY, 1) };
  assert.throws(() => refuseBatch("op", "A", a, (i, j) => j <= i), {
    code: "FORMAT",
    message: /op: element \(1, 0\) of matrix 1 of A is Infinity/,
  });
  assert.throws(() => refuseBatch("op", "A", a, () => true), { message: /element \(0, 1\) of matrix 0 of A is NaN/ });
  assert.throws(() => refuseBatch("op", "A", a, () => false), { code: "BROKEN" });
});

for (const { name, engine } of builds) {
  test(`runGroups on ${name}: more groups than one chunk holds, each done once, with its own workspace`, () => {
    const count = 1030;
    const data = Float32Array.from({ length: 4 * count }, (_, at) => [2, 0, 0, -1][at % 4]! * (Math.floor(at / 4) + 1));
    const { w } = eighBatched(engine, { count, rows: 2, cols: 2, data }, { vectors: "none" });
    for (let k = 0; k < count; k++) assert.deepEqual([w[2 * k], w[2 * k + 1]], [-(k + 1), 2 * (k + 1)]);
    assert.equal(engine.live(), 0);
  });
}
