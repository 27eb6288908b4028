import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, uniform } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly lds: number;
  readonly ldd: number;
}

function transpose(engine: Engine, type: FloatDtype, src: Floats, { m, n, lds, ldd }: Shape, grain: number): Floats {
  const dst = floatsOf(type, m && n ? (n - 1) * ldd + m : 0).fill(-7);
  const after = fenced(engine, [operand("src", src), operand("dst", dst)], (ps, pd) => {
    engine.parallel(`transpose_${type}`, [m, ps!, lds, pd!, ldd], n, grain);
  });
  return asFloats(type, after[1]!);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`transpose_${type} on ${name}: every element in its place, none between the rows, nothing beyond the operands, any split`, () => {
      for (const [m, n, pad] of [
        [1, 1, 0],
        [1, 9, 1],
        [9, 1, 2],
        [4, 4, 0],
        [5, 7, 0],
        [8, 33, 3],
        [35, 66, 0],
        [0, 4, 0],
        [4, 0, 0],
      ] as const) {
        const shape = { m, n, lds: n + pad, ldd: m + 2 * pad };
        const src = uniform(type, m && n ? (m - 1) * shape.lds + n : 0, rng(m * 100 + n));
        const want = new Float64Array(m && n ? (n - 1) * shape.ldd + m : 0).fill(-7);
        for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) want[j * shape.ldd + i] = src[i * shape.lds + j]!;
        for (const grain of [1, 5, 1000]) same(transpose(engine, type, src, shape, grain), want, `${m}×${n}, grain ${grain}`);
      }
    });
  }
}
