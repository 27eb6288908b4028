import assert from "node:assert/strict";
import { test } from "node:test";
import type { Build } from "../../../ts-wrapper/engine/engine.ts";
import { locate, type ModuleName } from "../../../ts-wrapper/engine/locate.ts";

const names: readonly ModuleName[] = ["core", "factor", "quant"];
const builds: readonly Build[] = ["simd", "relaxed", "simd-threads", "relaxed-threads", "debug"];

test("each build of each module lies in the folder of modules, under its own name", async () => {
  const seen = new Set<string>();
  for (const name of names) {
    for (const build of builds) {
      const { href } = await locate(name, build);
      const file = name === "core" ? build : `${name}-${build}`;
      assert.ok(href.endsWith(`/wasm/${file}.wasm`), href);
      seen.add(href);
    }
  }
  assert.equal(seen.size, names.length * builds.length);
});
