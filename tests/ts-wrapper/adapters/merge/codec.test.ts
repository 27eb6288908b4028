import assert from "node:assert/strict";
import { test } from "node:test";
import { codecBytes, codecOf, decodeKernel, dtypeOfCodec, finishKernel } from "../../../../ts-wrapper/adapters/merge/codec.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { dtypes } from "../../../../ts-wrapper/io/dtype.ts";

test("every codec has its kernels in the module, for sums in f32 and f64, and its width is the type's", async () => {
  using engine = await createEngine({ threads: 1 });
  for (const codec of ["f32", "f16", "bf16"] as const) {
    for (const sum of ["f32", "f64"] as const) {
      assert.equal(typeof engine.wasm[decodeKernel(codec, sum)], "function", `decode ${codec} ${sum}`);
      assert.equal(typeof engine.wasm[finishKernel(sum, codec)], "function", `finish ${sum} ${codec}`);
    }
    assert.equal(codecOf(dtypeOfCodec[codec]), codec);
    assert.equal(codecBytes[codec] * 8, dtypes[dtypeOfCodec[codec]].bits);
  }
});

test("types that weights are not merged in have no codec", () => {
  for (const dtype of ["I64", "U8", "BOOL", "F8_E4M3", "F64"] as const) assert.equal(codecOf(dtype), undefined, dtype);
});
