import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, rounding, uniform } from "../../support/floats.ts";
import { packLeft, packRight } from "../../support/panels.ts";
import { rng } from "../../support/rng.ts";

const shapes = [
  [1, 1],
  [4, 3],
  [3, 8],
  [9, 2],
  [8, 5],
  [17, 4],
  [0, 3],
  [3, 0],
] as const;

function transposed(x: Floats, rows: number, cols: number): Floats {
  return x.map((_, at) => x[(at % rows) * cols + Math.floor(at / rows)]!) as Floats;
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`pack_left_${type} on ${name}: rows in panels of 4, scaled with one rounding, from either layout, nothing beyond the operands`, () => {
      const scale = rounding[type](0.3);
      for (const [m, r] of shapes) {
        const x = uniform(type, m * r, rng(m * 10 + r));
        const want = packLeft(x.map((v) => rounding[type](scale * v)) as Floats, m, r);
        const dst = floatsOf(type, want.length).fill(Number.NaN);
        for (const [src, rs, cs] of [
          [x, r, 1],
          [transposed(x, m, r), 1, m],
        ] as const) {
          const after = fenced(engine, [operand("src", src), operand("dst", dst)], (ps, pd) => {
            engine.wasm[`pack_left_${type}`](m, r, r, 0, ps!, rs, cs, scale, pd!);
          });
          same(asFloats(type, after[1]!), want, `${m}×${r}, strides ${rs}, ${cs}`);
        }
      }
    });

    test(`pack_right_${type} on ${name}: columns in panels of 32 bytes, from either layout, nothing beyond the operands`, () => {
      for (const [n, r] of shapes) {
        const x = uniform(type, r * n, rng(n * 10 + r));
        const want = packRight(x, r, n);
        const dst = floatsOf(type, want.length).fill(Number.NaN);
        for (const [src, rs, cs] of [
          [x, n, 1],
          [transposed(x, r, n), 1, r],
        ] as const) {
          const after = fenced(engine, [operand("src", src), operand("dst", dst)], (ps, pd) => {
            engine.wasm[`pack_right_${type}`](r, n, r, 0, ps!, rs, cs, pd!);
          });
          same(asFloats(type, after[1]!), want, `${r}×${n}, strides ${rs}, ${cs}`);
        }
      }
    });

    test(`pack_left_${type}, pack_right_${type} on ${name}: factors side by side, each at its k0, are the panels of the joined ones`, () => {
      const [m, n, r1, r2] = [6, 21, 3, 2];
      const next = rng(4);
      const [l1, l2, b1, b2] = [
        uniform(type, m * r1, next),
        uniform(type, m * r2, next),
        uniform(type, r1 * n, next),
        uniform(type, r2 * n, next),
      ];
      const left = floatsOf(type, m * (r1 + r2));
      for (let i = 0; i < m; i++) left.set([...l1.slice(i * r1, (i + 1) * r1), ...l2.slice(i * r2, (i + 1) * r2)], i * (r1 + r2));
      const wantLeft = packLeft(left, m, r1 + r2);
      const wantRight = packRight(floatsOf(type, [...b1, ...b2]), r1 + r2, n);
      const operands = [l1, l2, b1, b2, wantLeft.slice().fill(9), wantRight.slice().fill(9)].map((x, i) =>
        operand(`operand ${i}`, x),
      );
      const after = fenced(engine, operands, (p1, p2, q1, q2, dl, dr) => {
        engine.wasm[`pack_left_${type}`](m, r2, r1 + r2, r1, p2!, r2, 1, 1, dl!);
        engine.wasm[`pack_left_${type}`](m, r1, r1 + r2, 0, p1!, r1, 1, 1, dl!);
        engine.wasm[`pack_right_${type}`](r1, n, r1 + r2, 0, q1!, n, 1, dr!);
        engine.wasm[`pack_right_${type}`](r2, n, r1 + r2, r1, q2!, n, 1, dr!);
      });
      same(asFloats(type, after[4]!), wantLeft, "left");
      same(asFloats(type, after[5]!), wantRight, "right");
    });
  }
}
