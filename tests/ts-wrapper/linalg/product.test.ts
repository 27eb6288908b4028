import assert from "node:assert/strict";
import { test } from "node:test";
import { gemm } from "../../../ts-wrapper/linalg/gemm.ts";
import { bytesPerElement, copyMatrixIn, copyMatrixOut, place } from "../../../ts-wrapper/linalg/matrix.ts";
import { product } from "../../../ts-wrapper/linalg/product.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatTypes } from "../../support/floats.ts";
import { normals } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`product ${type} on ${name}: the bits of gemm, on one thread for small products and on all for large ones`, () => {
      const shapes = name === "debug" ? [[5, 7, 3] as const] : [[5, 7, 3] as const, [130, 140, 150] as const];
      for (const [m, n, k] of shapes) {
        for (const [transA, transB] of [
          [false, false],
          [true, true],
        ] as const) {
          const a = transA ? normals(type, k, m, 1) : normals(type, m, k, 1);
          const b = transB ? normals(type, n, k, 2) : normals(type, k, n, 2);
          const c = normals(type, m, n, 3);
          const got = engine.scope((s) => {
            const [pa, pb, pc] = [a, b, c].map((x) => copyMatrixIn(engine, s, x));
            product(engine, s, type, { transA, transB, alpha: -1, beta: 1 }, pa!, pb!, pc!);
            return copyMatrixOut(s, pc!, type);
          });
          same(got.data, gemm(engine, a, b, { transA, transB, alpha: -1, beta: 1, c }).data, `${m}×${n}×${k}`);
        }
      }
      // Nothing in between: C is β·C.
      const zeros = engine.scope((s) => {
        const c = copyMatrixIn(engine, s, normals(type, 3, 3, 1));
        product(engine, s, type, {}, place(s, 3, 0, bytesPerElement[type]), place(s, 0, 3, bytesPerElement[type]), c);
        return copyMatrixOut(s, c, type);
      });
      assert.ok(zeros.data.every((x) => x === 0));
      assert.equal(engine.live(), 0);
    });
  }
}
