import assert from "node:assert/strict";
import { test } from "node:test";
import { builds, isDeterministic } from "../../support/builds.ts";
import { floatsOf, floatTypes, unit } from "../../support/floats.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    const rule = isDeterministic(name) ? "rounds twice" : "rounds once or twice, the same in a vector and behind it";
    test(`madd of ${type} on ${name}: ${rule}`, () => {
      // (1 + e)·(1 − e) − 1 = −e²: a rounded product is 1, a fused one keeps the e².
      const e = Math.sqrt(unit[type] / 2) * (type === "f32" ? Math.SQRT1_2 : 1);
      const exact = floatsOf(type, [1 + e, 1 - e]);
      const n = 5; // one vector and a tail
      const got = engine.scope((s) => {
        const x = s.copyIn(floatsOf(type, n).fill(exact[0]!));
        const y = s.copyIn(floatsOf(type, n).fill(-1));
        engine.wasm[`axpy_${type}`](n, exact[1]!, x, y);
        return Array.from(s.copyOut(y, n, type));
      });
      const product = exact[0]! * exact[1]!;
      const twice = (type === "f32" ? Math.fround(product) : product) - 1;
      assert.ok(
        got.every((v) => v === got[0]),
        `${got}`,
      );
      if (isDeterministic(name)) assert.equal(got[0], twice);
      else assert.ok(got[0] === twice || Math.abs(got[0]! + e * e) < 1e-3 * e * e, `${got[0]}`);
    });
  }
}
