import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { floatsOf, floatTypes, largest, lengths, tiniest } from "../../support/floats.ts";

function first(engine: Engine, type: FloatDtype, x: Floats): number {
  let result = -1;
  fenced(engine, [operand("src", x)], (p) => {
    result = engine.wasm[`first_not_finite_${type}`](p!, x.length);
  });
  return result;
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`first_not_finite_${type} on ${name}: n where all are finite, the largest and the tiniest too`, () => {
      for (const n of lengths) {
        const x = floatsOf(
          type,
          Array.from({ length: n }, (_, i) => [0, -0, largest[type], -largest[type], tiniest[type]][i % 5]!),
        );
        assert.equal(first(engine, type, x), n);
      }
    });

    test(`first_not_finite_${type} on ${name}: the first NaN, Inf or −Inf, wherever it stands`, () => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        for (let at = 0; at < 11; at++) {
          const x = floatsOf(type, 11).fill(1);
          x[at] = bad;
          x[10] = Number.NaN;
          assert.equal(first(engine, type, x), at);
        }
      }
    });
  }
}
