import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";

for (const { name, engine } of builds) {
  test(`features on ${name}: the bits say what the build was compiled with`, () => {
    const relaxed = name.startsWith("relaxed") ? 2 : 0;
    const threads = name.endsWith("-threads") ? 4 : 0;
    const asserts = name === "debug" ? 8 : 0;
    assert.equal(engine.wasm.features(), 1 | relaxed | threads | asserts);
  });

  test(`heap_base on ${name}: behind the static data, within the first memory`, () => {
    const base = engine.wasm.heap_base();
    assert.ok(base > 0 && base < 16 * 65536, `${base}`);
  });
}
