import assert from "node:assert/strict";
import { test } from "node:test";
import { Pipeline, type Step } from "../../../../ts-wrapper/adapters/merge/pipeline.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import type { FileSink } from "../../../../ts-wrapper/io/byte-sink.ts";
import { createInlineHasher } from "../../../../ts-wrapper/io/hasher.ts";
import { memorySource } from "../../../../ts-wrapper/io/memory-source.ts";
import { rng } from "../../../support/rng.ts";

const TILE = 256;

/** A file that takes its time, longer for some writes than for others. */
function slowFile(bytes: Uint8Array, next: () => number): Pick<FileSink, "write"> {
  return {
    write: async (offset, piece) => {
      await new Promise((done) => setTimeout(done, next() * 3));
      bytes.set(piece, offset);
    },
  };
}

test("200 tiles through slow reads and writes: every byte arrives changed as computed, hashes run over the bytes in order", async () => {
  using engine = await createEngine({ threads: 1 });
  const next = rng(3);
  const input = Uint8Array.from({ length: 200 * TILE - 17 }, () => next() * 256);
  const memory = memorySource(input, "in");
  const source = {
    ...memory,
    byteLength: input.byteLength,
    read: async (offset: number, length: number) => {
      await new Promise((done) => setTimeout(done, next() * 3));
      return memory.read(offset, length);
    },
  };
  const output = new Uint8Array(input.length);
  const sink = slowFile(output, next);
  const hashIn = createInlineHasher();
  const hashOut = createInlineHasher();
  const pipeline = new Pipeline(engine, TILE);
  for (let at = 0; at < input.length; at += TILE) {
    const length = Math.min(TILE, input.length - at);
    const flips: Step["compute"] = (from, to) => {
      const bytes = engine.u8(from, length).map((x) => x ^ 0xff);
      engine.u8(to, length).set(bytes);
    };
    const copies = (at / TILE) % 3 === 0;
    await pipeline.push({
      input: { source, offset: at, length },
      hashIn,
      ...(copies ? {} : { compute: flips }),
      output: { sink, offset: at, length, hashOut },
    });
  }
  await pipeline.drain();
  const want = input.map((x, i) => (Math.floor(i / TILE) % 3 === 0 ? x : x ^ 0xff));
  assert.deepEqual(output, want);
  const digest = async (bytes: Uint8Array): Promise<string> => {
    const h = createInlineHasher();
    await h.update(bytes);
    return h.digest();
  };
  assert.equal(await hashIn.digest(), await digest(input));
  assert.equal(await hashOut.digest(), await digest(want));
  assert.deepEqual([pipeline.bytesRead, pipeline.bytesWritten], [input.length, input.length]);
  await pipeline.close();
  assert.equal(engine.live(), 0);
});

test("a write that fails stops the pipeline with that error, and so does a read", async () => {
  using engine = await createEngine({ threads: 1 });
  for (const failing of ["read", "write"] as const) {
    const pipeline = new Pipeline(engine, TILE);
    const bad = async (): Promise<never> => {
      throw new Error(`no ${failing}`);
    };
    const memory = memorySource(new Uint8Array(TILE), "in");
    const source = failing === "read" ? { byteLength: TILE, read: bad } : memory;
    const sink = { write: failing === "write" ? bad : async () => {} };
    await assert.rejects(
      async () => {
        for (let i = 0; i < 10; i++) {
          await pipeline.push({ input: { source, offset: 0, length: TILE }, output: { sink, offset: 0, length: TILE } });
        }
        await pipeline.drain();
      },
      { message: `no ${failing}` },
    );
    await pipeline.close();
  }
  assert.equal(engine.live(), 0);
});
