import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";

// Columns that are orthogonal already: the factorisation only brings the largest to the front, step by step.
for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`pivoting of ${type} rows on ${name}: the first of the largest comes first, with its norm and all it carries`, () => {
      const sizes = [2, 0, 5, 5, 3, 9, 1];
      const n = sizes.length;
      for (const extra of [0, 1, 2, 3, 4, 5, 8]) {
        const m = n + extra;
        const at = floatsOf(type, n * m);
        sizes.forEach((size, i) => {
          at[i * m + m - 1 - i] = size;
        });
        const operands = [operand("at", at), operand("pivot", new Uint32Array(n)), operand("tau", floatsOf(type, n))];
        const after = fenced(engine, operands, (p, pivot, tau) => {
          engine.scope((s) => {
            const work = s.alloc(engine.wasm.qr_pivot_work(n));
            assert.equal(engine.wasm[`qr_pivot_${type}`](m, n, p!, m, pivot!, tau!, 0, work), 6);
          });
        });
        const order = [5, 2, 3, 4, 0, 6, 1];
        assert.deepEqual([...new Uint32Array(after[1]!.slice().buffer)], order);
        const r = asFloats(type, after[0]!);
        for (let k = 0; k < n; k++) {
          for (let j = 0; j < k; j++) assert.equal(Math.abs(r[k * m + j]!), 0, `R (${j}, ${k}) of ${m}`);
          assert.ok(Math.abs(Math.abs(r[k * m + k]!) - sizes[order[k]!]!) <= 16 * unit[type], `R (${k}, ${k}) of ${m}`);
        }
      }
    });
  }
}
