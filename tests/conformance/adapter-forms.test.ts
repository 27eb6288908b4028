import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../ts-wrapper/engine/create.ts";
import { fixtureAdapter, fixtureModel, fixtureTensors } from "../support/adapters.ts";
import { fixture } from "../support/fixtures.ts";
import { merge, tensorsOf } from "../support/merge.ts";

const engine = await createEngine({ threads: 1 });
const { cases } = JSON.parse(new TextDecoder().decode(await fixture("adapters/cases.json"))) as {
  cases: Record<string, string[]>;
};

for (const [name, results] of Object.entries(cases)) {
  for (const result of results) {
    test(`${name}, ${result}: the engine's f64 merge, rounded to f32, has numpy's bits`, async () => {
      const base = await fixtureModel(`adapters/${name}/base`);
      const adapter = await fixtureAdapter(`adapters/${name}/adapter`);
      const tied = result === "keep" || result === "untie" ? { tied: result as "keep" | "untie" } : {};
      const { out } = await merge({
        engine,
        base,
        adapters: [{ adapter }],
        dtype: "f32",
        accumulate: "f64",
        verify: false,
        ...tied,
      });
      const written = await out.open("model.safetensors");
      const got = await tensorsOf(await written!.read(0, written!.byteLength));
      for (const [tensor, { bytes }] of await fixtureTensors(`adapters/${name}/${result}.safetensors`)) {
        assert.deepEqual(got.get(tensor)?.bytes, bytes, tensor);
      }
    });
  }
}
