import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../../../ts-wrapper/adapters/merge/identity.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { probe } from "../../../../ts-wrapper/engine/features.ts";
import { fixture } from "../../../support/fixtures.ts";
import { merge, openBase, openExample } from "../../../support/merge.ts";
import { sameBytesCases } from "../../../support/same-bytes.ts";

/** Hashes written down once (tests/fixtures/make/merge-hashes.ts): every runtime, build and number of threads is held to them. */
const hashes = JSON.parse(new TextDecoder().decode(await fixture("merge-hashes.json"))) as Record<string, string>;
const base = await openBase();

const engines = [
  { name: "simd, 1 thread", options: { threads: 1 } },
  { name: "debug", options: { build: "debug" as const } },
  { name: "simd, 4 threads", options: { threads: 4 }, skip: probe().threads },
];

for (const { name, options, skip } of engines) {
  test(
    `${name}: all merges of the example have the bytes they have everywhere`,
    skip && !skip.available ? { skip: skip.why } : {},
    async () => {
      using engine = await createEngine(options);
      for (const { key, adapters, ...rest } of sameBytesCases) {
        const opened = await Promise.all(adapters.map(async ([n, weight]) => ({ adapter: await openExample(n), weight })));
        const { out } = await merge({ engine, base, adapters: opened, ...rest });
        assert.equal(sha256(out.files.get("model.safetensors")!), hashes[key], key);
      }
    },
  );
}
