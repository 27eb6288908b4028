import assert from "node:assert/strict";
import { test } from "node:test";
import { quantTypes } from "../../../ts-wrapper/quant/index.ts";
import { quantizedGemm, quantizedGemv } from "../../../ts-wrapper/quant/products.ts";
import { uploadQuantized } from "../../../ts-wrapper/quant/resident.ts";
import { builds } from "../../support/builds.ts";
import { gamma, same, u32, within } from "../../support/close.ts";
import { exactProduct, gaussian, quantized, roundingBound, shapesOf } from "../../support/quant-matrices.ts";

for (const { name, engine } of builds) {
  for (const type of quantTypes) {
    for (const activations of type.activations) {
      const rounded = activations === "q8" ? ", and half a step of the activations" : "";
      test(`quantizedGemm ${type.name} by ${activations} on ${name}: within γ(n + 8) of the decoded weights${rounded}, for every shape`, () => {
        for (const [rows, cols] of shapesOf(type)) {
          const w = quantized(engine, type, rows, cols);
          for (const m of [0, 1, 2, 5]) {
            const x = gaussian(m, cols, 11 + m);
            const y = quantizedGemm(engine, x, w, { activations });
            assert.deepEqual([y.rows, y.cols], [m, rows]);
            const { want, scale } = exactProduct(engine, x, w);
            const extra =
              activations === "q8" ? roundingBound(engine, x, w, type.multiple === 1 ? Math.max(1, cols) : type.multiple) : [];
            const bound = scale.map((s, i) => gamma(cols + 8, u32) * 2 * s + (extra[i] ?? 0));
            within(y.data, want, bound, `${m}, ${rows}×${cols}`);
          }
        }
        assert.equal(engine.live(), 0);
      });

      test(`quantizedGemv ${type.name} by ${activations} on ${name}: the same from weights that stay; one row of gemm`, () => {
        const [rows, cols] = shapesOf(type).at(-1)!;
        const q = quantized(engine, type, rows, cols);
        const x = gaussian(1, cols, 5);
        const w = uploadQuantized(engine, q);
        const once = quantizedGemv(engine, q, x.data, { activations });
        same(quantizedGemv(engine, w, x.data, { activations }), once, "resident");
        same(quantizedGemm(engine, x, w, { activations }).data, once, "gemm");
        w[Symbol.dispose]();
      });
    }
  }
}

const { engine } = builds[0]!;

test("products refuse lengths that do not go together, f64, and activations without kernels", () => {
  const w = quantized(engine, quantTypes.find(({ name }) => name === "q8_0")!, 2, 64);
  assert.throws(() => quantizedGemv(engine, w, new Float32Array(63)), {
    code: "SHAPE",
    message: "quantizedGemv: W is 2×64, so x needs 64 elements; got 63",
  });
  assert.throws(() => quantizedGemm(engine, gaussian(3, 32, 1), w), {
    code: "SHAPE",
    message: "quantizedGemm: W is 2×64, so X needs 64 columns; got 3×32",
  });
  assert.throws(() => quantizedGemv(engine, w, new Float64Array(64) as never), {
    code: "DTYPE",
    message: /x is f64, f32 was needed/,
  });
  const half = quantized(engine, quantTypes[0]!, 2, 64);
  assert.throws(() => quantizedGemv(engine, half, new Float32Array(64), { activations: "q8" }), { code: "UNSUPPORTED" });
});
