import assert from "node:assert/strict";
import { test } from "node:test";
import { quantizedGemv } from "../../../ts-wrapper/quant/products.ts";
import { quantize } from "../../../ts-wrapper/quant/quantize.ts";
import { uploadQuantized } from "../../../ts-wrapper/quant/resident.ts";
import { builds } from "../../support/builds.ts";
import { gaussian } from "../../support/quant-matrices.ts";

const { engine } = builds[0]!;

test("weights that stay give back their memory once, and are refused after that", () => {
  const q = quantize(engine, gaussian(3, 64, 1), "nf4");
  const before = engine.live();
  const w = uploadQuantized(engine, q);
  assert.ok(engine.live() > before);
  assert.equal(quantizedGemv(engine, w, new Float32Array(64)).length, 3);
  w[Symbol.dispose]();
  w[Symbol.dispose]();
  assert.equal(engine.live(), before);
  assert.throws(() => quantizedGemv(engine, w, new Float32Array(64)), { code: "BROKEN" });
});

test("what is not whole is refused before memory is taken", () => {
  const before = engine.live();
  assert.throws(() => uploadQuantized(engine, { type: "q4_0", rows: 1, cols: 32, data: new Uint8Array(3) }), {
    code: "SHAPE",
    message: /^uploadQuantized: /,
  });
  assert.equal(engine.live(), before);
});
