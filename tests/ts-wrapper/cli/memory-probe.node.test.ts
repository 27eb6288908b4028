import assert from "node:assert/strict";
import { test } from "node:test";
import { probeMemory } from "../../../ts-wrapper/cli/memory-probe.ts";

for (const shared of [false, true]) {
  test(`memory probe, shared ${shared}: what can be had is a number of pages up to 4 GiB, and there is more than nothing`, () => {
    const { total, free, limit, wasm } = probeMemory(shared);
    assert.ok(wasm > 0 && wasm <= 2 ** 32 && wasm % 65536 === 0, String(wasm));
    assert.ok(total > 0 && free > 0 && free <= total);
    assert.ok(limit === undefined || (limit > 0 && limit < total));
  });
}
