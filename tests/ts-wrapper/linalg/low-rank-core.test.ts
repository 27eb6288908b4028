import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTerms, lowRankCore } from "../../../ts-wrapper/linalg/low-rank-core.ts";
import { elements } from "../../../ts-wrapper/linalg/matrix.ts";
import { unscale } from "../../../ts-wrapper/linalg/scaling.ts";
import { builds } from "../../support/builds.ts";
import { within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`lowRankCore ${type} on ${name}: 2^−e·Q₁·C·Q₂ᵀ is the sum to 200·u of its terms' size, Q orthonormal; C alone without vectors`, () => {
      const terms = [
        { b: normals(type, 9, 2, 1), a: normals(type, 2, 7, 2), scale: 0.3 },
        { b: normals(type, 9, 3, 3), a: normals(type, 3, 7, 4) },
      ];
      const checked = checkTerms("f", terms);
      assert.deepEqual(checked, { m: 9, n: 7, r: 5, dtype: type });
      engine.scope((s) => {
        const { q1, q2, core, scaling } = lowRankCore(engine, s, "f", terms, checked, true);
        const out = (p: typeof core): ReturnType<typeof build> => {
          const view = elements(engine, p.ptr, p.rows * p.ld, type);
          return build(type, p.rows, p.cols, (i, j) => view[i * p.ld + j]!);
        };
        const [left, middle, right] = [out(q1!), out(core), out(q2!)];
        assert.ok(orthonormalityError(left, "rows") <= 40 * unit[type] && orthonormalityError(right, "rows") <= 40 * unit[type]);
        const got = new Float64Array(63);
        const want = new Float64Array(63);
        for (let i = 0; i < 9; i++)
          for (let j = 0; j < 7; j++) {
            for (let k = 0; k < 5; k++)
              for (let l = 0; l < 5; l++)
                got[i * 7 + j]! += unscale(left.data[k * 9 + i]! * middle.data[k * 5 + l]! * right.data[l * 7 + j]!, scaling);
            for (const { b, a, scale = 1 } of terms)
              for (let k = 0; k < b.cols; k++) want[i * 7 + j]! += scale * b.data[i * b.cols + k]! * a.data[k * 7 + j]!;
          }
        within(got, want, 200 * unit[type] * 10, "sum");
        const alone = lowRankCore(engine, s, "f", terms, checked, false);
        assert.equal(alone.q1, undefined);
        assert.deepEqual(out(alone.core).data, middle.data);
      });
      assert.equal(engine.live(), 0);
    });
  }
}
