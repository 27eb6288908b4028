import assert from "node:assert/strict";
import { test } from "node:test";
import { discardSink } from "../../../ts-wrapper/cli/discard-sink.ts";

test("discard sink: weights go nowhere, other files can be read back", async () => {
  const sink = discardSink();
  const weights = await sink.create("model.safetensors", 2 ** 40);
  await weights.write(0, new Uint8Array(4));
  await weights.commit();
  const config = await sink.create("config.json", 2);
  await config.write(0, new TextEncoder().encode("{}"));
  await config.commit();
  await sink.append("merge.journal", "line");
  assert.deepEqual(await sink.list(), ["config.json", "merge.journal"]);
  assert.equal(await sink.open("model.safetensors"), undefined);
  assert.deepEqual(await (await sink.open("config.json"))?.read(0, 2), new TextEncoder().encode("{}"));
});
