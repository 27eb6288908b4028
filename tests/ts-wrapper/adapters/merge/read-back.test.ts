import assert from "node:assert/strict";
import { test } from "node:test";
import { Pipeline } from "../../../../ts-wrapper/adapters/merge/pipeline.ts";
import { WrittenPieces } from "../../../../ts-wrapper/adapters/merge/read-back.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { memoryFolder } from "../../../../ts-wrapper/io/memory-sink.ts";
import { memorySource } from "../../../../ts-wrapper/io/memory-source.ts";
import { merge, openBase, openExample } from "../../../support/merge.ts";

test("what was written passes; one bit off is refused with the place", async () => {
  using engine = await createEngine({ threads: 1 });
  using room = WrittenPieces.reserve(engine);
  using data = engine.reserve(1000);
  data.bytes().set(Uint8Array.from({ length: 1000 }, (_, i) => i));
  const pieces = new WrittenPieces(engine, room);
  for (let at = 0; at < 1000; at += 300) pieces.add((data.ptr + at) as typeof data.ptr, at, Math.min(300, 1000 - at));
  const check = async (bytes: Uint8Array): Promise<void> => {
    const pipeline = new Pipeline(engine, 300);
    try {
      for (const step of pieces.steps("file", memorySource(bytes, "file"))) await pipeline.push(step);
      await pipeline.drain();
    } finally {
      await pipeline.close();
    }
  };
  const good = data.bytes().slice();
  await check(good);
  const bad = good.slice();
  bad[650] = bad[650]! ^ 4;
  await assert.rejects(check(bad), { code: "VERIFY", message: /bytes 600 to 900 read back are not what was written/ });
});

test("a disk that flips one bit of the weights fails the merge with VERIFY, and nothing says it is finished", async () => {
  using engine = await createEngine({ threads: 1 });
  const out = memoryFolder();
  const bad = {
    ...out,
    name: "bad disk",
    create: async (file: string, size: number) => {
      const inner = await out.create(file, size);
      return {
        write: (offset: number, bytes: Uint8Array) => {
          const copy = bytes.slice();
          if (file.endsWith(".safetensors") && offset > 1e6) copy[5] = copy[5]! ^ 1;
          return inner.write(offset, copy);
        },
        readBack: () => inner.readBack(),
        commit: () => inner.commit(),
        abort: () => inner.abort(),
      };
    },
    list: () => out.list(),
    open: (f: string) => out.open(f),
    append: (f: string, l: string) => out.append(f, l),
    remove: (f: string) => out.remove(f),
    removeIfEmpty: () => out.removeIfEmpty(),
    freeBytes: () => out.freeBytes(),
  };
  const job = { engine, base: await openBase(), adapters: [{ adapter: await openExample("lora-licences") }], sink: bad };
  await assert.rejects(merge(job), { code: "VERIFY", message: /read back are not what was written/ });
  assert.deepEqual(await out.list(), [], "no file has its name, and the unfinished one is gone");
});
