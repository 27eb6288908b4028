import assert from "node:assert/strict";
import { test } from "node:test";
import { Allocator, type Ptr } from "../../../ts-wrapper/engine/allocator.ts";
import { rng } from "../../support/rng.ts";

const PAGE = 65536;

test("blocks are 64-aligned, apart, above the heap base, and empty ones have addresses of their own", () => {
  const a = new Allocator(new WebAssembly.Memory({ initial: 1, maximum: 16 }), 1000, 16 * PAGE);
  const sizes = [0, 1, 63, 64, 65, 1000];
  const at = sizes.map((n) => a.alloc(n));
  at.forEach((p, i) => {
    assert.equal(p % 64, 0);
    assert.ok(p >= 1000);
    if (i > 0) assert.ok(p >= at[i - 1]! + Math.max(sizes[i - 1]!, 1), `block ${i} begins inside block ${i - 1}`);
  });
});

test("freed neighbours join: after any order of frees one block of the whole size fits where they were", () => {
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [0, 2, 1],
    [1, 0, 2],
  ]) {
    const a = new Allocator(new WebAssembly.Memory({ initial: 1, maximum: 4 }), 0, 4 * PAGE);
    const blocks = [a.alloc(640), a.alloc(64), a.alloc(1280)];
    const guard = a.alloc(64);
    for (const i of order) a.free(blocks[i]!);
    assert.equal(a.alloc(640 + 64 + 1280), blocks[0], `order ${order}`);
    a.free(guard);
  }
});

test("10 000 random allocations and frees: blocks never overlap, live counts them, and nothing is left at the end", () => {
  const next = rng(7);
  const a = new Allocator(new WebAssembly.Memory({ initial: 1, maximum: 64 }), 128, 64 * PAGE);
  const taken = new Map<Ptr, number>();
  for (let i = 0; i < 10_000; i++) {
    const keys = [...taken.keys()];
    if (taken.size < 50 && (taken.size === 0 || next() < 0.5)) {
      const size = Math.floor(next() * 4000);
      const p = a.alloc(size);
      for (const [q, n] of taken) assert.ok(p + size <= q || q + n <= p, `step ${i}: ${p}+${size} overlaps ${q}+${n}`);
      taken.set(p, size);
    } else {
      const p = keys[Math.floor(next() * keys.length)]!;
      a.free(p);
      taken.delete(p);
    }
    const sum = [...taken.values()].reduce((s, n) => s + Math.max(64, Math.ceil(n / 64) * 64), 0);
    assert.equal(a.live, sum);
  }
  for (const p of taken.keys()) a.free(p);
  assert.equal(a.live, 0);
});

test("growth past the maximum is refused with bytes asked and bytes left, and what was there stays usable", () => {
  const a = new Allocator(new WebAssembly.Memory({ initial: 1, maximum: 8 }), 0, 4 * PAGE);
  const p = a.alloc(3 * PAGE);
  assert.throws(() => a.alloc(2 * PAGE), { code: "OUT_OF_MEMORY", message: /131072 bytes asked, 65472 left/ });
  a.free(p);
  a.free(a.alloc(3 * PAGE));
  assert.equal(a.live, 0);
  assert.equal(a.peak, 3 * PAGE);
});

test("freeing what is not in use names the address", () => {
  const a = new Allocator(new WebAssembly.Memory({ initial: 1 }), 0, PAGE);
  const p = a.alloc(10);
  a.free(p);
  assert.throws(() => a.free(p), { code: "BROKEN", message: new RegExp(`free of ${p},`) });
});
