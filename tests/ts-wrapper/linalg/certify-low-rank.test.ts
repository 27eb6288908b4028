import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { certifyLowRank } from "../../../ts-wrapper/linalg/certify-low-rank.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { svdLowRank } from "../../../ts-wrapper/linalg/svd-low-rank.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes } from "../../support/floats.ts";
import { normals } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`certifyLowRank ${type} on ${name}: at most 1 for svdLowRank's results, whole and cut, above it for a wrong value or vector`, () => {
      const terms = [
        { b: normals(type, 40, 3, 1), a: normals(type, 3, 30, 2), scale: 2 },
        { b: normals(type, 40, 2, 3), a: normals(type, 2, 30, 4), scale: -1 },
      ];
      for (const options of [{}, { truncate: { rank: 2 } }]) {
        const result = svdLowRank<Floats>(engine, terms, options);
        const { residual, orthogonality } = certifyLowRank<Floats>(engine, terms, result);
        assert.ok(residual <= 1 && orthogonality <= 1, `${residual} ${orthogonality}`);
        const s = result.s.map((x, i) => (i === 0 ? x * 1.2 : x)) as typeof result.s;
        assert.ok(certifyLowRank<Floats>(engine, terms, { ...result, s }).residual > 1);
        const u: Matrix = { ...result.u, data: result.u.data.map((x) => x * 1.01) as Floats };
        assert.ok(certifyLowRank<Floats>(engine, terms, { ...result, u }).orthogonality > 1);
      }
      assert.equal(engine.live(), 0);
    });
  }
}
