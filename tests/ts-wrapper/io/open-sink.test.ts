import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryFolder } from "../../../ts-wrapper/io/memory-sink.ts";
import { openSink, type SinkInput } from "../../../ts-wrapper/io/open-sink.ts";
import { fakeFolder } from "../../support/handles.ts";

test("a sink is taken as it is, and a folder handle is opened", async () => {
  const own = memoryFolder();
  assert.equal(await openSink(own), own);
  assert.equal((await openSink(fakeFolder("picked"))).name, "picked");
});

test("a path and a file: URL name the same place where there are paths; elsewhere they are refused with the way out", async () => {
  if (typeof process === "undefined")
    return assert.rejects(openSink("/tmp/out"), { code: "USAGE", message: /a path needs Node, Deno or Bun/ });
  const [a, b] = [await openSink("/tmp/lowrank not there"), await openSink(new URL("file:///tmp/lowrank%20not%20there"))];
  assert.equal(a.location, b.location);
  assert.equal(a.name, "/tmp/lowrank not there");
  assert.deepEqual(await a.list(), []);
});

test("what is no place that can be written is USAGE", async () => {
  await assert.rejects(openSink("https://models.test/out"), {
    code: "USAGE",
    message: /the scheme https: was given, the path of a folder was needed/,
  });
  await assert.rejects(openSink(""), { code: "USAGE", message: /an empty path/ });
  for (const bad of [undefined, null, 7, {}, [], { kind: "file" }]) {
    await assert.rejects(openSink(bad as unknown as SinkInput), { code: "USAGE" }, JSON.stringify(bad));
  }
});
