import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes } from "../../support/floats.ts";
import { describe, element, triangularProblem, ways } from "../../support/triangular.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`tri_pack_${type} on ${name}: groups of four rows of T, or of T turned around, filled up with the identity`, () => {
      for (const way of ways) {
        for (const m of [1, 3, 4, 5, 8, 11, 17]) {
          const p = triangularProblem(type, way, m, 1, { pad: 2 });
          const trans = p.trans !== p.right;
          const turned = p.upper !== trans;
          const padded = Math.ceil(m / 4) * 4;
          const want: number[] = [];
          for (let g = 0; g < padded / 4; g++) {
            for (let k = 0; k < 4 * (g + 1); k++) {
              for (let i = 4 * g; i < 4 * (g + 1); i++) {
                if (i >= m || k >= m) want.push(i === k ? 1 : 0);
                else want.push(k > i ? 0 : turned ? element(p, m - 1 - i, m - 1 - k) : element(p, i, k));
              }
            }
          }
          const bytes = engine.wasm[`tri_work_${type}`](m);
          const after = fenced(engine, [operand("a", p.a), operand("tri", new Uint8Array(bytes))], (a, tri) => {
            const flags = [Number(p.upper), Number(trans), Number(p.unit)];
            engine.parallel(`tri_pack_${type}`, [...flags, m, a!, p.lda, tri!], padded / 4, 1);
          });
          same(asFloats(type, after[1]!), floatsOf(type, want), `${describe(way)} ${m}`);
        }
      }
    });
  }
}
