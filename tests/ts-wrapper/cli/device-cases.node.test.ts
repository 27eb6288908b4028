import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceCases } from "../../../ts-wrapper/cli/device-cases.ts";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";

/** The large ones take seconds each; the same code runs in those of a product and a decomposition. */
for (const work of deviceCases) {
  test(`device case ${work.name}: right once it has run, wrong before, and it gives its memory back`, async () => {
    using engine = await createEngine({ build: "simd" });
    const prepared = work.prepare(engine);
    if (work.flops && !work.name.startsWith("merge")) assert.match(prepared.wrong() ?? "", /^element \d+ is .*was needed$/);
    prepared.step();
    assert.equal(prepared.wrong(), undefined);
    prepared[Symbol.dispose]();
    assert.equal(engine.live(), 0);
  });
}

test("device case of a merge: one bit that is wrong where it is looked at is found", async () => {
  using engine = await createEngine({ build: "simd" });
  const work = deviceCases.find((c) => c.name.startsWith("merge"))!;
  const prepared = work.prepare(engine);
  const parallel = engine.parallel.bind(engine);
  engine.parallel = (kernel, args, rows, grain) => {
    parallel(kernel, args, rows, grain);
    const [out] = [args[5]!];
    const bytes = new Uint8Array(engine.memory.buffer, out, 2);
    bytes[1]! ^= 1;
  };
  prepared.step();
  assert.match(prepared.wrong() ?? "", /^element 0 is /);
});
