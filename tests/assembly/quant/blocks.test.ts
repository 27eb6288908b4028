import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { decodeWith, encodeBlocks, f32Of } from "../../support/quant.ts";
import { blockedTypes, blockTypes, decodeBlocks, randomBlock } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of blockedTypes) {
    const { size, bytes } = blockTypes[type];

    test(`decode_${type}_f32 on ${name}: reads and writes to the last byte and no further, blocks i0 to i1 alone`, () => {
      const next = rng(11);
      const blocks = Uint8Array.from(Array.from({ length: 3 }, () => [...randomBlock(type, next)]).flat());
      const untouched = new Float32Array(3 * size).fill(-7);
      const [, dst] = fenced(engine, [operand("src", blocks), operand("dst", untouched)], (p, q) => {
        engine.wasm[`decode_${type}_f32`](p!, q!, 1, 3);
        engine.wasm[`decode_${type}_f32`](p!, q!, 1, 1);
      });
      const want = decodeBlocks(type, blocks);
      same(
        f32Of(dst!),
        Float32Array.from(want, (w, i) => (i < size ? -7 : w)),
        "dst",
      );
    });

    test(`encode_${type}_f32 on ${name}: reads and writes to the last byte and no further, blocks i0 to i1 alone`, () => {
      const x = Float32Array.from(normal(3 * size, rng(12)));
      const [, dst] = fenced(engine, [operand("src", x), operand("dst", new Uint8Array(3 * bytes).fill(0xee))], (p, q) => {
        engine.wasm[`encode_${type}_f32`](p!, q!, 0, 2);
        engine.wasm[`encode_${type}_f32`](p!, q!, 2, 2);
      });
      assert.deepEqual(dst!.subarray(0, 2 * bytes), encodeBlocks(engine, type, x).subarray(0, 2 * bytes));
      assert.ok(dst!.subarray(2 * bytes).every((b) => b === 0xee));
    });

    test(`${type} on ${name}: encoding what was decoded changes no value by more than one step`, () => {
      const x = Float32Array.from(normal(4 * size, rng(13)));
      const once = decodeWith(engine, type, encodeBlocks(engine, type, x));
      const twice = decodeWith(engine, type, encodeBlocks(engine, type, once));
      const step = Math.max(...once.map((w) => Math.abs(w))) / 7;
      for (let i = 0; i < x.length; i++)
        assert.ok(Math.abs(once[i]! - twice[i]!) <= step, `weight ${i}: ${once[i]} became ${twice[i]}`);
    });
  }
}
