import assert from "node:assert/strict";
import { test } from "node:test";
import { memorySource } from "../../../ts-wrapper/io/memory-source.ts";
import { readInto } from "../../../ts-wrapper/io/read-into.ts";

const bytes = Uint8Array.from({ length: 20 }, (_, i) => i);

test("the room is filled by sources with readInto and by those with read alone", async () => {
  const whole = memorySource(bytes);
  const simple = { byteLength: 20, read: whole.read };
  for (const source of [whole, simple]) {
    const into = new Uint8Array(3);
    await readInto(source, 16, into);
    assert.deepEqual([...into], [16, 17, 18]);
  }
});
