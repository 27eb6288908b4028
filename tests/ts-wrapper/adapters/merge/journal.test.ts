import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOf, Journal } from "../../../../ts-wrapper/adapters/merge/journal.ts";
import { JOURNAL, writeFile } from "../../../../ts-wrapper/adapters/merge/output.ts";
import { memoryFolder } from "../../../../ts-wrapper/io/memory-sink.ts";

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const entry = async (sink: ReturnType<typeof memoryFolder>, file: string) =>
  ({
    file,
    bytes: 3,
    sha256: (await hashOf(sink, file))!,
    energies: [["t", { base: 1, change: 2, lost: 3 }]],
    inputs: [["in", "00"]],
  }) as const;

test("what was finished is read back, with its energies and input hashes", async () => {
  const sink = memoryFolder();
  await writeFile(sink, "a", text("abc"));
  const journal = await Journal.begin(sink, "plan");
  const added = await entry(sink, "a");
  await journal.add(added);
  assert.deepEqual((await Journal.resume(sink, "plan")).finished.get("a"), added);
});

test("a line that a crash cut short is not read, and neither is a file that changed or is gone", async () => {
  const sink = memoryFolder();
  for (const f of ["a", "b", "c"]) await writeFile(sink, f, text(`${f}..`));
  const journal = await Journal.begin(sink, "plan");
  for (const f of ["a", "b", "c"]) await journal.add(await entry(sink, f));
  await writeFile(sink, "b", text("b.!"));
  await sink.remove("c");
  const bytes = sink.files.get(JOURNAL)!;
  await writeFile(sink, JOURNAL, text(`${new TextDecoder().decode(bytes)}{"file":"d","by`));
  assert.deepEqual([...(await Journal.resume(sink, "plan")).finished.keys()], ["a"]);
});

test("a journal whose first line was cut short is begun anew", async () => {
  const sink = memoryFolder();
  await writeFile(sink, JOURNAL, text('{"pl'));
  const journal = await Journal.resume(sink, "plan");
  assert.equal(journal.finished.size, 0);
  assert.equal(new TextDecoder().decode(sink.files.get(JOURNAL)), '{"plan":"plan"}\n');
});

test("a journal of another plan is refused", async () => {
  const sink = memoryFolder();
  await Journal.begin(sink, "one plan");
  await assert.rejects(Journal.resume(sink, "another"), { code: "USAGE", message: /other inputs or options/ });
});

test("the hash of a file is SHA-256: of nothing, and of three letters", async () => {
  const sink = memoryFolder();
  await writeFile(sink, "empty", new Uint8Array());
  await writeFile(sink, "abc", text("abc"));
  assert.equal(await hashOf(sink, "empty"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(await hashOf(sink, "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(await hashOf(sink, "missing"), undefined);
});
