import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../ts-wrapper/adapters/merge/identity.ts";
import { fixture } from "../support/fixtures.ts";

const inPage = typeof document !== "undefined";
const options = inPage ? {} : { skip: "the example is of a page" };

test(
  "the README's example of a page merges the model into the page's storage, with the bytes of every other runtime",
  options,
  async () => {
    const progress = { value: 0 };
    Object.assign(globalThis, { progress });
    const root = await navigator.storage.getDirectory();
    await root.removeEntry("merged", { recursive: true }).catch(() => {});
    // run.ts writes it beside the page: the block of the README, with the folders of this server.
    await import(new URL("readme-page.js", location.href).href);
    assert.equal(progress.value, 1);
    const folder = await root.getDirectoryHandle("merged");
    const read = async (name: string): Promise<Uint8Array> =>
      new Uint8Array(await (await (await folder.getFileHandle(name)).getFile()).arrayBuffer());
    const hashes = JSON.parse(new TextDecoder().decode(await fixture("merge-hashes.json"))) as { lora: string };
    assert.equal(sha256(await read("model.safetensors")), hashes.lora);
    const report = JSON.parse(new TextDecoder().decode(await read("merge.json"))) as {
      outputs: { file: string; sha256: string }[];
    };
    assert.equal(report.outputs.find((o) => o.file === "model.safetensors")?.sha256, hashes.lora);
  },
);
