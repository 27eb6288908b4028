import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, largest, tiniest } from "../../support/floats.ts";

// Matrices of one element go into lanes, are scaled, and come back.
function through(engine: Engine, type: FloatDtype, a: Floats): { w: Floats; v: Floats } {
  const count = a.length;
  const groups = Math.ceil(count / (type === "f32" ? 4 : 2));
  const after = fenced(
    engine,
    [
      operand("a", a),
      operand("w", floatsOf(type, count)),
      operand("v", floatsOf(type, count)),
      operand("work", new Uint8Array(engine.wasm.eigh_batched_work(1))),
      operand("status", new Int32Array(groups)),
    ],
    (pa, w, v, work, status) =>
      engine.wasm[`eigh_batched_${type}`](1, count, pa!, 1, 1, w!, v!, work!, groups, status!, 0, groups),
  );
  return { w: asFloats(type, after[1]!), v: asFloats(type, after[2]!) };
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`lanes of ${type} on ${name}: numbers of every size come back bit for bit, whatever stands beside them, in groups that are full or not`, () => {
      const values = [1, -3, largest[type], -tiniest[type], 0, 0.1, tiniest[type] * 12345, largest[type] / 3, 7];
      for (let count = 1; count <= values.length; count++) {
        const a = floatsOf(type, values.slice(0, count));
        const { w, v } = through(engine, type, a);
        same(w, a, `${count} matrices`);
        assert.ok(v.every((x) => x === 1));
      }
    });
  }
}
