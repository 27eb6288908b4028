import assert from "node:assert/strict";
import { test } from "node:test";
import { identify, planHash, sha256 } from "../../../../ts-wrapper/adapters/merge/identity.ts";
import { planMerge } from "../../../../ts-wrapper/adapters/merge/plan.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { memoryFolder } from "../../../../ts-wrapper/io/memory-sink.ts";
import { openBase, openExample } from "../../../support/merge.ts";

const base = await openBase();
const [a, b] = [await openExample("lora-licences"), await openExample("dora-manual")];

test("adapters are ordered by what is in them, then by weight, whatever the order they come in", async () => {
  const given = [{ adapter: a, weight: 2 }, { adapter: b }, { adapter: a, weight: 1 }];
  const order = async (list: typeof given) => (await identify(list)).map((x) => `${x.adapter.name} ${x.weight ?? 1}`);
  const want = await order(given);
  for (const list of [
    [given[1]!, given[0]!, given[2]!],
    [given[2]!, given[1]!, given[0]!],
  ])
    assert.deepEqual(await order(list), want);
});

test("the plan's hash changes with the weight, the options and the adapter, and with nothing that cannot be seen in the bytes", async () => {
  using engine = await createEngine({ threads: 1 });
  const hash = async (
    weight: number,
    options: { accumulate?: "f64"; dtype?: "f32"; memory?: number; shardSize?: number },
    adapter = a,
  ) => {
    const adapters = await identify([{ adapter, weight }]);
    const job = { engine, base, adapters, sink: memoryFolder(), ...options };
    return planHash(job, base, planMerge(base, adapters, options), adapters);
  };
  const plain = await hash(1, {});
  assert.equal(await hash(1, {}), plain);
  assert.equal(await hash(1, { memory: 200 << 20 }), plain);
  const others = [
    await hash(0.5, {}),
    await hash(1, { accumulate: "f64" }),
    await hash(1, { dtype: "f32" }),
    await hash(1, { shardSize: 1e6 }),
    await hash(1, {}, b),
  ];
  assert.equal(new Set([plain, ...others]).size, 6);
});

test("sha256 of three letters is the published one", () => {
  assert.equal(sha256(new TextEncoder().encode("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
