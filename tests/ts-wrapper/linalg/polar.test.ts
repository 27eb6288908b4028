import assert from "node:assert/strict";
import { test } from "node:test";
import { polar } from "../../../ts-wrapper/linalg/polar.ts";
import { svd } from "../../../ts-wrapper/linalg/svd.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, reconstructionError, withSpectrum } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [m, n] of [
      [8, 5],
      [5, 8],
      [6, 6],
      [1, 4],
      [4, 1],
    ] as const) {
      test(`polar ${type} ${m}×${n} on ${name}: A = U·P = P′·U to 20·max(m, n)·u, U orthonormal, P symmetric with A's singular values`, () => {
        for (const a of [normals(type, m, n, 1), withSpectrum(type, m, n, [1], 2)]) {
          const bound = 20 * Math.max(m, n) * unit[type];
          const { u, p } = polar(engine, a);
          assert.deepEqual([u.rows, u.cols, p.rows, p.cols], [m, n, n, n]);
          assert.ok(reconstructionError(a, u, new Float64Array(n).fill(1), p) <= bound);
          assert.ok(orthonormalityError(u, m >= n ? "columns" : "rows") <= bound);
          const left = polar(engine, a, "left");
          assert.deepEqual([left.p.rows, left.p.cols], [m, m]);
          assert.ok(reconstructionError(a, left.p, new Float64Array(m).fill(1), left.u) <= bound);
          for (const { rows, data } of [p, left.p]) {
            for (let i = 0; i < rows; i++) for (let j = 0; j < i; j++) assert.equal(data[i * rows + j], data[j * rows + i]);
          }
          const [want, got] = [svd(engine, a, { vectors: "none" }).s, svd(engine, p, { vectors: "none" }).s];
          want.forEach((s, i) => {
            assert.ok(Math.abs(s - got[i]!) <= bound * want[0]!, `σ${i}`);
          });
        }
        assert.equal(engine.live(), 0);
      });
    }
  }
}

test("polar of zero has P = 0 and an orthonormal U; another side is refused", () => {
  const { engine } = builds[0]!;
  const { u, p } = polar(
    engine,
    build("f64", 4, 3, () => 0),
  );
  assert.ok(orthonormalityError(u, "columns") <= 1e-14 && p.data.every((x) => x === 0));
  assert.throws(() => polar(engine, p, "up" as "left"), {
    code: "USAGE",
    message: 'polar: side is "up", one of right, left was needed',
  });
});
