import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../../ts-wrapper/adapters/merge/arena.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";

test("pieces are 64-aligned and apart; a reset to a mark gives the same addresses again", async () => {
  using engine = await createEngine({ threads: 1 });
  using arena = new Arena(engine, 1024);
  const a = arena.alloc(1);
  const mark = arena.mark();
  const b = arena.alloc(100);
  assert.deepEqual([a % 64, b - a], [0, 64]);
  arena.reset(mark);
  assert.equal(arena.alloc(10), b);
  arena.reset();
  assert.equal(arena.alloc(10), a);
});

test("more than was planned is refused with both numbers, and memory does not grow", async () => {
  using engine = await createEngine({ threads: 1 });
  using arena = new Arena(engine, 1024);
  const before = engine.memory.buffer;
  arena.alloc(1000);
  assert.throws(() => arena.alloc(64), { code: "OUT_OF_MEMORY", message: /64 bytes asked, 0 of the planned 1024/ });
  assert.equal(engine.memory.buffer, before);
});
