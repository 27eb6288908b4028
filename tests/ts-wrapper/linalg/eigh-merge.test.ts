import assert from "node:assert/strict";
import { test } from "node:test";
import { deflate, merge } from "../../../ts-wrapper/linalg/eigh-merge.ts";
import { elements, place } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build } from "../../support/matrices.ts";
import { eigenError, tridiagonal } from "../../support/symmetric.ts";

type Turn = [p: number, j: number, c: number, s: number];

function deflated(d: number[], z: number[], rho: number, upper: number) {
  const [values, weights] = [Float64Array.from(d), Float64Array.from(z)];
  const turns: Turn[] = [];
  const found = deflate(values, weights, rho, upper, unit.f64, (...turn) => turns.push(turn));
  return { ...found, kind: [...found.kind], d: [...values], z: [...weights], turns };
}

test("deflate: pairs with no weight are left, equal values are turned until one has none, the others stay in ascending order", () => {
  const none = deflated([3, 1, 2], [0.5, 0, 0.5], 1, 2);
  assert.deepEqual([none.kept, none.left, none.turns, none.kind], [[2, 0], [1], [], [0, 0, 2]]);
  const equal = deflated([2, 5, 2], [0.6, 0.1, 0.8], 1, 2);
  assert.deepEqual([equal.kept, equal.left, equal.kind], [[2, 1], [0], [0, 0, 1]]);
  assert.equal(equal.turns.length, 1);
  const [p, j, c, s] = equal.turns[0]!;
  assert.deepEqual([p, j], [0, 2]);
  assert.ok(Math.abs(c * 0.6 + s * 0.8) < 1e-16 && Math.abs(c * 0.8 - s * 0.6 - 1) < 1e-15);
  assert.deepEqual(
    equal.z.map((x) => Math.round(x * 1e12) / 1e12),
    [0, 0.1, 1],
  );
  const same = deflated([2, 2, 2], [0.5, 0.5, 0.5], 1, 1);
  assert.deepEqual([same.kept, same.left.length], [[2], 2]);
});

test("deflate: a change of rank one that is negligible beside d leaves every pair; what it drops is within 8u of the norm", () => {
  const tiny = deflated([1, 2, 3], [0.6, 0.6, 0.5], 1e-17, 2);
  assert.deepEqual([tiny.kept, tiny.left.length], [[], 3]);
  const near = deflated([1, 1 + 1e-15], [0.6, 0.8], 1, 1);
  assert.equal(near.kept.length, 1);
  assert.ok(Math.abs(near.d[0]! + near.d[1]! - 2 - 1e-15) <= 4 * unit.f64, "the trace stays");
  assert.equal(deflated([1, 1 + 1e-13], [0.6, 0.8], 1, 1).kept.length, 2);
});

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`merge ${type} on ${name}: two halves of one and two rows become their tridiagonal matrix, with either sign and with none between them`, () => {
      for (const rho of [0.7, -0.7, 0]) {
        // T₁ = (d₀ − |ρ|), T₂ = diag(d₁ − |ρ|, d₂): both decomposed already.
        const t = tridiagonal("f64", [1, 2, 5], [rho, 0]);
        engine.scope((s) => {
          const q = place(s, 4, 4, type === "f32" ? 4 : 8);
          const view = elements(engine, q.ptr, 16, type).fill(0);
          for (let i = 0; i < 4; i++) view[i * 5] = 1;
          const d = Float64Array.of(9, 1 - Math.abs(rho), 2 - Math.abs(rho), 5);
          merge(engine, type, "test", { d, q, first: 1, upper: 1, rows: 3, rho });
          const x = elements(engine, q.ptr, 16, type);
          const v = build(type, 3, 3, (i, j) => x[(j + 1) * 4 + i + 1]!);
          assert.ok(eigenError(t, d.subarray(1), v) <= 8 * unit[type], `ρ = ${rho}`);
          assert.deepEqual([d[0], ...x.subarray(0, 4)], [9, 1, 0, 0, 0], "what is not theirs is left alone");
        });
      }
      assert.equal(engine.live(), 0);
    });
  }
}
