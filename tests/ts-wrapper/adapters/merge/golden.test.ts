import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { golden, merge, openBase, openExample, tensorsOf } from "../../../support/merge.ts";
import { decode } from "../../../support/reference-merge.ts";

const adapters = ["lora-licences", "rslora-patterns", "dora-manual", "lora-full"];

for (const name of adapters) {
  test(`${name}: sums in f64 give the reference bit for bit, in f32 and in bf16`, async () => {
    using engine = await createEngine({ threads: 1 });
    const want = await golden(name);
    const base = await openBase();
    const adapter = await openExample(name);
    for (const dtype of ["f32", "bf16"] as const) {
      const { out } = await merge({ engine, base, adapters: [{ adapter }], accumulate: "f64", dtype });
      const got = await tensorsOf(out.files.get("model.safetensors")!);
      let compared = 0;
      for (const [key, { bytes }] of want) {
        if (!key.startsWith(`${dtype}/`)) continue;
        assert.deepEqual(got.get(key.slice(dtype.length + 1))!.bytes, bytes, key);
        compared++;
      }
      assert.ok(compared >= 4);
    }
  });

  test(`${name}: sums in f32 stay within 4 ulp of each tensor's largest element, and 0.02 % of bf16 elements differ at most`, async () => {
    using engine = await createEngine({ threads: 1 });
    const want = await golden(name);
    const base = await openBase();
    const adapter = await openExample(name);
    const f32 = await tensorsOf(
      (await merge({ engine, base, adapters: [{ adapter }], dtype: "f32" })).out.files.get("model.safetensors")!,
    );
    const bf16 = await tensorsOf((await merge({ engine, base, adapters: [{ adapter }] })).out.files.get("model.safetensors")!);
    let differ = 0;
    let elements = 0;
    for (const [key, { bytes, dtype }] of want) {
      const tensor = key.replace(/^(f32|bf16)\//, "");
      const expected = decode(dtype, bytes);
      if (key.startsWith("f32/")) {
        const got = decode("F32", f32.get(tensor)!.bytes);
        const largest = expected.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
        const ulp = 2 ** (Math.floor(Math.log2(largest)) - 23);
        const worst = expected.reduce((m, x, i) => Math.max(m, Math.abs(x - got[i]!)), 0);
        assert.ok(worst <= 4 * ulp, `${key}: ${worst / ulp} ulp`);
      } else {
        const got = decode("BF16", bf16.get(tensor)!.bytes);
        differ += expected.filter((x, i) => x !== got[i]).length;
        elements += expected.length;
      }
    }
    assert.ok(elements > 0 && differ <= 0.0002 * elements, `${differ} of ${elements}`);
  });
}
