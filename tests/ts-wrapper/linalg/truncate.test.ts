import assert from "node:assert/strict";
import { test } from "node:test";
import { keptBy, leftOut, truncate } from "../../../ts-wrapper/linalg/truncate.ts";
import { same } from "../../support/close.ts";

const s = [8, 4, 2, 1, 0];

for (const [by, kept] of [
  [{ rank: 2 }, 2],
  [{ rank: 0 }, 0],
  [{ rank: 9 }, 5],
  [{ absolute: 2 }, 2],
  [{ absolute: 1.9 }, 3],
  [{ absolute: 0 }, 4],
  [{ relative: 0.25 }, 2],
  [{ relative: 0 }, 4],
  [{ energy: 64 / 85 }, 1],
  [{ energy: 0.76 }, 2],
  [{ energy: 1 }, 4],
  [{ energy: 0 }, 0],
] as const) {
  test(`of 8, 4, 2, 1, 0, ${JSON.stringify(by)} keeps ${kept}`, () => assert.equal(keptBy("f", s, by), kept));
}

test("keptBy: zeros and nothing have no energy; values near the ends of float64 neither overflow nor vanish", () => {
  assert.equal(keptBy("f", [0, 0], { energy: 1 }), 0);
  assert.equal(keptBy("f", [], { energy: 0.5 }), 0);
  assert.equal(keptBy("f", [], { relative: 0.5 }), 0);
  for (const scale of [2 ** 1000, 2 ** -1000])
    assert.equal(
      keptBy(
        "f",
        s.map((x) => x * scale),
        { energy: 0.9 },
      ),
      2,
    );
});

for (const [by, message] of [
  [{}, "f: nothing is given, exactly one of rank, energy, absolute, relative was needed"],
  [{ rank: 1, energy: 1 }, "f: rank and energy are given, exactly one of rank, energy, absolute, relative was needed"],
  [{ rank: -1 }, /rank is -1/],
  [{ energy: 1.1 }, "f: energy is 1.1, a number from 0 to 1 was needed"],
  [{ absolute: Number.NaN }, "f: absolute is NaN, a number of at least 0 was needed"],
  [{ relative: 1 }, "f: relative is 1, a number from 0 to below 1 was needed"],
] as const) {
  test(`keptBy refuses ${JSON.stringify(by)}`, () => assert.throws(() => keptBy("f", s, by), { code: "USAGE", message }));
}

test("leftOut: √(4 + 1) and 2 beyond two of them, 0 beyond all, also near the ends of float64", () => {
  assert.deepEqual(leftOut(s, 2), { frobenius: 2 * Math.sqrt(1.25), spectral: 2 });
  assert.deepEqual(leftOut(s, 5), { frobenius: 0, spectral: 0 });
  assert.deepEqual(leftOut([2 ** 1000, 2 ** 1000], 0), { frobenius: Math.SQRT2 * 2 ** 1000, spectral: 2 ** 1000 });
});

test("truncate cuts columns of u and rows of vt, also of matrices with gaps, onto memory of its own", () => {
  const u = { rows: 2, cols: 2, stride: 3, data: Float32Array.of(1, 2, -1, 3, 4) };
  const vt = { rows: 2, cols: 3, stride: 4, data: Float32Array.of(5, 6, 7, -1, 8, 9, 10) };
  const whole = { u, s: Float32Array.of(3, 1), vt };
  const cut = truncate(whole, { rank: 1 });
  assert.deepEqual([cut.u.rows, cut.u.cols, cut.vt.rows, cut.vt.cols, cut.rank], [2, 1, 1, 3, 1]);
  same(cut.u.data, [1, 3], "u");
  same(cut.vt.data, [5, 6, 7], "vt");
  assert.deepEqual([...cut.s], [3]);
  assert.deepEqual(cut.error, { frobenius: 1, spectral: 1 });
  cut.u.data[0] = 9;
  assert.equal(u.data[0], 1);
  assert.equal(truncate(whole, { rank: 0 }).u.data.length, 0);
});
