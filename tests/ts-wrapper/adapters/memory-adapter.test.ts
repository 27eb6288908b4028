import assert from "node:assert/strict";
import { test } from "node:test";
import { lora } from "../../../ts-wrapper/adapters/kinds/lora.ts";
import { memoryAdapter } from "../../../ts-wrapper/adapters/memory-adapter.ts";
import type { JsonObject } from "../../../ts-wrapper/io/json.ts";
import { json } from "../../support/adapters.ts";

const config = json({ r: 1, lora_alpha: 1, nova: 1 }) as JsonObject;
const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);

test("tensors are read whole or in part, and the result is the caller's", async () => {
  const adapter = memoryAdapter("a", lora, config, [["t", { dtype: "F32", shape: [2], bytes }]]);
  const tensor = adapter.tensors.get("t")!;
  const all = await tensor.read();
  assert.deepEqual([all, await tensor.read(6), await tensor.read(2, 3)], [bytes, bytes.slice(6), bytes.slice(2, 5)]);
  all.fill(9);
  assert.equal(bytes[0], 0);
  assert.equal(adapter.warnings.length, 1);
});

test("bytes that do not fill the shape are refused, and so is a configuration that cannot be merged", () => {
  assert.throws(() => memoryAdapter("a", lora, config, [["t", { dtype: "F32", shape: [3], bytes }]]), {
    message: /t is F32 \[3\], 12 bytes; 8 were given/,
  });
  assert.throws(() => memoryAdapter("a", lora, json({ r: 1, lora_alpha: 1, use_qalora: true }) as JsonObject, []), {
    code: "KIND",
  });
});
