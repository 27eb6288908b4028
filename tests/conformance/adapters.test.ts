import assert from "node:assert/strict";
import { test } from "node:test";
import type { Adapter, AdapterKind } from "../../ts-wrapper/adapters/adapter.ts";
import { adapterKinds } from "../../ts-wrapper/adapters/index.ts";
import { bindAdapter, checkFinite } from "../../ts-wrapper/adapters/load.ts";
import { SAMPLE_TARGET } from "../../ts-wrapper/adapters/memory-adapter.ts";
import { shapes, stored } from "../support/adapters.ts";
import { encode, referenceMerge } from "../support/reference-merge.ts";
import { random, rng } from "../support/rng.ts";

const ROWS = 12;
const COLS = 20;
const base = shapes({ [SAMPLE_TARGET]: [ROWS, COLS] });
const bind = (adapter: Adapter) => bindAdapter(adapter, base);

async function merge(adapter: Adapter, weight: number): Promise<Float64Array> {
  const bytes = encode("F32", Float64Array.from(random(ROWS * COLS, rng(3))));
  const edits = bind(adapter).edits.map((edit) => ({ edit, weight }));
  return (await referenceMerge({ dtype: "F32", shape: [ROWS, COLS], bytes }, edits)).values;
}

test("names, titles and types of the kinds are their own", () => {
  for (const of of [(k: AdapterKind) => k.name, (k: AdapterKind) => k.peftType, (k: AdapterKind) => k.title]) {
    assert.equal(new Set(adapterKinds.map(of)).size, adapterKinds.length);
  }
  for (const kind of adapterKinds) {
    assert.match(kind.name, /^[a-z][a-z0-9-]*$/);
    assert.match(kind.peftType, /^[A-Z0-9_]+$/);
    assert.match(kind.paper, /^https:\/\//);
    assert.ok(kind.formula.length > 0);
  }
});

for (const kind of adapterKinds) {
  const sample = () => kind.sample(ROWS, COLS, rng(11));

  test(`${kind.name}: a sample is finite, binds to its target, and nothing goes unused`, async () => {
    const adapter = sample();
    assert.equal(adapter.kind, kind);
    await checkFinite(adapter);
    const { edits, unused, warnings } = bind(adapter);
    assert.ok(edits.length > 0 && edits.every((e) => e.target === SAMPLE_TARGET));
    assert.deepEqual([unused, warnings], [[], []]);
  });

  test(`${kind.name}: weight 0 leaves W as it is, weight 1 changes it`, async () => {
    const [w, merged] = [await merge(sample(), 0), await merge(sample(), 1)];
    assert.deepEqual(w, Float64Array.from(random(ROWS * COLS, rng(3))));
    assert.ok(merged.some((x, i) => x !== w[i]));
  });

  test(`${kind.name}: weights 1 and −1 change W by the same amount in opposite directions, within 64 ulp of 1 in f64`, async () => {
    const w = await merge(sample(), 0);
    const [plus, minus] = [await merge(sample(), 1), await merge(sample(), -1)];
    w.forEach((x, i) => {
      assert.ok(Math.abs((plus[i]! + minus[i]!) / 2 - x) <= 4 * 2 ** -52 * 16, `element ${i}`);
    });
  });

  test(`${kind.name}: a base of another shape, and one without the target, is refused with MISMATCH`, () => {
    for (const other of [
      shapes({ [SAMPLE_TARGET]: [ROWS + 1, COLS] }),
      shapes({ [SAMPLE_TARGET]: [ROWS, COLS - 1] }),
      shapes({ "x.y.weight": [ROWS, COLS] }),
    ]) {
      assert.throws(() => bindAdapter(sample(), other), { code: "MISMATCH" });
    }
  });

  for (const name of sample().tensors.keys()) {
    test(`${kind.name}: without ${name} the adapter is refused`, () => {
      const adapter = sample();
      const tensors = new Map([...adapter.tensors].filter(([other]) => other !== name));
      assert.throws(() => bind({ ...adapter, tensors }), { code: "MISMATCH" });
    });

    test(`${kind.name}: a NaN or an infinity in ${name} is found`, async () => {
      const adapter = sample();
      const tensor = adapter.tensors.get(name)!;
      for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY]) {
        const bytes = await tensor.read();
        assert.equal(tensor.dtype, "F32");
        new DataView(bytes.buffer).setFloat32(bytes.length - 4, bad, true);
        const tensors = new Map([...adapter.tensors, [name, stored(name, { dtype: "F32", shape: tensor.shape, bytes })]]);
        await assert.rejects(checkFinite({ ...adapter, tensors }), { code: "MISMATCH", tensor: name });
      }
    });
  }

  test(`${kind.name}: a tensor more goes unused and is refused by its name`, () => {
    const adapter = sample();
    const extra = stored("base_model.model.nowhere.extra", { dtype: "F32", shape: [1], bytes: new Uint8Array(4) });
    const tensors = new Map([...adapter.tensors, [extra.name, extra]]);
    assert.throws(() => bind({ ...adapter, tensors }), { code: "UNUSED", tensor: extra.name });
  });
}
