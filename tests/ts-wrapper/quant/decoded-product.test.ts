import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";
import { quantizedGemm } from "../../../ts-wrapper/quant/products.ts";
import { quantize } from "../../../ts-wrapper/quant/quantize.ts";
import { builds } from "../../support/builds.ts";
import { gamma, same, u32, within } from "../../support/close.ts";
import { exactProduct, gaussian } from "../../support/quant-matrices.ts";

for (const { name, engine } of builds) {
  test(`decodedProduct on ${name}: several tiles of rows, the last one short, and blocks that run over the ends of rows`, () => {
    for (const [rows, cols] of [
      [70, 4100],
      [9, 70000],
    ] as const) {
      // biome-ignore format: two shapes
      for (const type of ["nf4", "I8"] as const) {
        const w = quantize(engine, gaussian(rows, cols, rows), type);
        for (const m of [1, 3]) {
          const x = gaussian(m, cols, m);
          const { want, scale } = exactProduct(engine, x, w);
          const got = quantizedGemm(engine, x, w, { activations: "f32" });
          within(got.data, want, scale.map((s) => gamma(cols, u32) * s), `${type} ${rows}×${cols}, ${m}`); // biome-ignore format: one line
        }
      }
    }
  });
}

test("decodedProduct: the same bits with any number of threads", async () => {
  const threaded = builds.find(({ name }) => name === "simd-threads");
  if (!threaded) return;
  const one = await createEngine({ build: "simd", quant: true });
  const w = quantize(one, gaussian(70, 4100, 1), "nf4");
  const x = gaussian(3, 4100, 2);
  same(quantizedGemm(threaded.engine, x, w).data, quantizedGemm(one, x, w).data, "bits");
  assert.equal(one.live(), 0);
});
