import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryFolder } from "../../../ts-wrapper/io/memory-sink.ts";

const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);

test("a file has its name after commit and not before; abort leaves nothing", async () => {
  const sink = memoryFolder();
  const file = await sink.create("a", 100);
  await file.write(60, bytes.subarray(60));
  await file.write(0, bytes.subarray(0, 60));
  assert.deepEqual(await sink.list(), ["a.partial"]);
  await file.commit();
  await file.abort();
  assert.deepEqual(await sink.list(), ["a"]);
  assert.deepEqual(sink.files.get("a"), bytes);
  assert.deepEqual(await (await sink.open("a"))!.read(98, 2), bytes.slice(98));
  const dropped = await sink.create("b", 3);
  await dropped.abort();
  await dropped.abort();
  await assert.rejects(dropped.write(0, bytes.subarray(0, 1)), { code: "BROKEN" });
  assert.deepEqual(await sink.list(), ["a"]);
  await sink.remove("a");
  await sink.removeIfEmpty();
  assert.equal(await sink.open("a"), undefined);
  assert.equal(await sink.freeBytes(), undefined);
});

test("what was written is read back before the file has its name", async () => {
  const folder = memoryFolder();
  const sink = await folder.create("a", 3);
  await assert.rejects(sink.readBack(), { code: "BROKEN", message: /0 bytes were written/ });
  await sink.write(0, Uint8Array.of(1, 2, 3));
  assert.deepEqual(await (await sink.readBack()).read(0, 3), Uint8Array.of(1, 2, 3));
  assert.deepEqual(await folder.list(), ["a.partial"]);
});

test("lines are appended; names are plain; sizes are kept", async () => {
  const sink = memoryFolder("m");
  await sink.append("j", "one");
  await sink.append("j", "é");
  assert.equal(new TextDecoder().decode(sink.files.get("j")), "one\né\n");
  await assert.rejects(sink.create("../a", 1), { code: "USAGE", file: "m" });
  await assert.rejects(sink.append("a/b", "x"), { code: "USAGE" });
  const file = await sink.create("a", 10);
  await assert.rejects(file.write(8, bytes.subarray(0, 3)), { code: "BROKEN", message: /bytes 8 to 11 written/ });
  await assert.rejects(file.commit(), { code: "BROKEN", message: /a: 0 bytes were written, the file was started with 10/ });
});

test("a file that no memory holds is OUT_OF_MEMORY", async () => {
  await assert.rejects(memoryFolder().create("a", 2 ** 52), {
    code: "OUT_OF_MEMORY",
    message: /4503599627370496 bytes cannot be had/,
  });
});
