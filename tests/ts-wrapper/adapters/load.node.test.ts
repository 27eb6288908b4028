// Node only: paths need a file system
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openAdapter } from "../../../ts-wrapper/adapters/load.ts";

const folder = fileURLToPath(new URL("../../fixtures/kjv-llama/adapters/lora-layer1-control", import.meta.url));

for (const [what, input] of [
  ["its folder", folder],
  ["its folder with a slash", `${folder}/`],
  ["its folder as a file: URL", pathToFileURL(folder)],
  ["its weights", join(folder, "adapter_model.safetensors")],
  ["its configuration", join(folder, "adapter_config.json")],
] as const) {
  test(`an adapter opens by the path of ${what}, and knows where it lies`, async () => {
    const adapter = await openAdapter(input);
    assert.equal(adapter.tensors.size, 14);
    assert.ok(adapter.location?.includes("lora-layer1-control"));
    await adapter.close();
  });
}

test("weights under another name open by their path, with the configuration beside them", async () => {
  const temporary = await mkdtemp(join(tmpdir(), "lowrank-"));
  try {
    await copyFile(join(folder, "adapter_config.json"), join(temporary, "adapter_config.json"));
    await copyFile(join(folder, "adapter_model.safetensors"), join(temporary, "step-100.safetensors"));
    const adapter = await openAdapter(join(temporary, "step-100.safetensors"));
    assert.deepEqual([adapter.tensors.size, adapter.files[1]?.name], [14, "step-100.safetensors"]);
    await adapter.close();
  } finally {
    await rm(temporary, { recursive: true });
  }
});

test("a folder that is not there is NOT_FOUND", async () => {
  await assert.rejects(openAdapter(join(folder, "nothing")), { code: "NOT_FOUND" });
});
