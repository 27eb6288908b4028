import assert from "node:assert/strict";
import { test } from "node:test";
import { dynamicMap } from "../../../ts-wrapper/quant/dynamic-map.ts";
import { fixture } from "../../support/fixtures.ts";

test("dynamicMap has 256 values in ascending order, 1 at the top and 0 in the middle, symmetric but for the top", () => {
  const map = dynamicMap();
  assert.equal(map.length, 256);
  assert.ok(map.every((v, i) => i === 0 || v > map[i - 1]!));
  assert.equal(map[255], 1);
  assert.equal(map[127], 0);
  for (let i = 1; i < 128; i++) assert.equal(map[127 + i], -map[127 - i]!);
});

test("dynamicMap is within an ulp of the map of the numpy reference", async () => {
  const want = new Float32Array((await fixture("quant/dynamic-map.f32")).slice().buffer);
  const map = dynamicMap();
  for (let i = 0; i < 256; i++)
    assert.ok(Math.abs(map[i]! - want[i]!) <= 2 ** -23 * Math.abs(want[i]!), `${i}: ${map[i]}, ${want[i]}`);
});
