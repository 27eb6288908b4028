import assert from "node:assert/strict";
import { test } from "node:test";
import { gemmError, gemvError, updateError } from "../../../bench/checks.ts";
import { uniform, weights } from "../../../bench/inputs.ts";
import { gemmWork, gemvWork, updateWork } from "../../../ts-wrapper/cli/kernel-work.ts";
import { builds } from "../../support/builds.ts";

for (const { name, engine } of builds) {
  test(`kernel work on ${name}: products are within their bound, packed once or in every step, and give their memory back`, () => {
    const live = engine.live();
    for (const dtype of ["f32", "f64"] as const) {
      for (const [transB, packed] of [
        [false, false],
        [true, false],
        [true, true],
      ] as const) {
        const [m, n, k] = [37, 29, 300];
        const data = { dtype, m, n, k, transB, a: uniform(m * k, 1, dtype), b: uniform(k * n, 2, dtype) };
        const work = gemmWork(engine, { ...data, packed }, data.a, data.b);
        work.step();
        work.step();
        assert.ok(gemmError(data, work.result()) <= 1, `${dtype} ${transB} ${packed}`);
        work[Symbol.dispose]();
      }
      const [m, n] = [201, 45];
      const data = { dtype, m, n, a: uniform(m * n, 1, dtype), x: uniform(n, 2, dtype) };
      const work = gemvWork(engine, data, data.a, data.x);
      work.step();
      assert.ok(gemvError(data, work.result()) <= 1);
      work[Symbol.dispose]();
    }
    assert.equal(engine.live(), live);
  });

  test(`kernel work on ${name}: an update adds, the next one takes away, and a reset begins anew`, () => {
    for (const stored of ["f32", "bf16", "f16"] as const) {
      const [m, n, r, scale] = [70, 41, 5, 2];
      const [b, a] = [uniform(m * r, 2, "f32"), uniform(r * n, 3, "f32")] as Float32Array[];
      const data = { stored, m, n, r, scale, w: weights(m * n, 1, stored), a: a!, b: b! };
      const work = updateWork(engine, data, data.w, data.b, data.a, scale);
      work.step();
      const once = work.result();
      assert.ok(updateError(data, once) <= 1, `${stored}: ${updateError(data, once)}`);
      work.step();
      const twice = work.result();
      assert.ok(updateError({ ...data, scale: -scale, w: once }, twice) <= 1, `${stored}, back`);
      work.reset();
      work.step();
      assert.deepEqual(work.result(), once);
      work[Symbol.dispose]();
    }
  });
}
