import assert from "node:assert/strict";
import { test } from "node:test";
import { type Dense, energyOf, productSpectrum, stableRank } from "../../../ts-wrapper/cli/product-spectrum.ts";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";
import { normal, rng } from "../../support/rng.ts";

const engine = await createEngine({ threads: 1 });
const gaussian = (rows: number, cols: number, seed: number): Dense => ({ rows, cols, data: normal(rows * cols, rng(seed)) });

function product({ rows, cols: inner, data: a }: Dense, { cols, data: b }: Dense): Float64Array {
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) for (let j = 0; j < cols; j++) out[i * cols + j]! += a[i * inner + k]! * b[k * cols + j]!;
  }
  return out;
}

const shapes = [
  [40, 5, 30],
  [3, 5, 30],
  [30, 5, 3],
  [5, 5, 5],
  [1, 1, 1],
  [7, 1, 9],
  [64, 16, 64],
] as const;
test("spectrum: Σσ² is ‖left·right‖² within 1e-12, for tall, wide and square factors", () => {
  for (const [m, r, n] of shapes) {
    const left = gaussian(m, r, m);
    const right = gaussian(r, n, n + 100);
    const values = productSpectrum(engine, left, right);
    assert.equal(values.length, Math.min(m, r, n));
    const energy = product(left, right).reduce((s, x) => s + x * x, 0);
    assert.ok(Math.abs(energyOf(values) - energy) <= 1e-12 * energy, `${m}×${r}×${n}: ${energyOf(values)} and ${energy}`);
    for (let i = 1; i < values.length; i++) assert.ok(values[i]! <= values[i - 1]!);
  }
});

/** I − 2vvᵀ/‖v‖², orthogonal. */
function reflection(n: number, seed: number): Dense {
  const v = normal(n, rng(seed));
  const vv = v.reduce((s, x) => s + x * x, 0);
  const at = (i: number, j: number): number => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / vv;
  return { rows: n, cols: n, data: Float64Array.from({ length: n * n }, (_, k) => at(Math.floor(k / n), k % n)) };
}

test("spectrum: known singular values are found to 1e-14 of the largest", () => {
  const known = [8, 3, 1e-3, 1e-9];
  const turned = reflection(4, 1);
  const left = { ...turned, data: turned.data.map((x, k) => x * known[k % 4]!) };
  const values = productSpectrum(engine, left, reflection(4, 2));
  known.forEach((want, i) => {
    assert.ok(Math.abs(values[i]! - want) <= 1e-14 * known[0]!, `σ${i} is ${values[i]}, ${want} was needed`);
  });
});

test("spectrum: a rank-deficient product has zeros at its end; the stable rank of r equal values is r", () => {
  const left = gaussian(20, 4, 5);
  for (let i = 0; i < 20; i++) left.data[i * 4 + 3] = left.data[i * 4 + 2]!;
  const right = gaussian(4, 20, 6);
  for (let j = 0; j < 20; j++) right.data[3 * 20 + j] = -right.data[2 * 20 + j]!;
  const values = productSpectrum(engine, left, right);
  assert.ok(values[2]! <= 1e-13 * values[0]! && values[3]! <= 1e-13 * values[0]!, String(values));
  assert.ok(Math.abs(stableRank(Float64Array.of(2, 2, 2))! - 3) < 1e-15);
  assert.equal(stableRank(new Float64Array(3)), undefined);
  assert.deepEqual([...productSpectrum(engine, { rows: 3, cols: 2, data: new Float64Array(6) }, gaussian(2, 3, 1))], [0, 0]);
});
