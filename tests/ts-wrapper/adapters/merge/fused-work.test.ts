import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { builds, isDeterministic } from "../../../support/builds.ts";
import { merge, openBase, openExample, tensorsOf } from "../../../support/merge.ts";
import { decode, encode } from "../../../support/reference-merge.ts";

const WEIGHTS = "model.safetensors";
const base = await openBase();
const adapter = await openExample("lora-licences");

test("the fused pass and the passes of the general path round alike: bf16 at once is f32 first, then bf16", async () => {
  using engine = await createEngine({ threads: 1 });
  const fused = await tensorsOf((await merge({ engine, base, adapters: [{ adapter }] })).out.files.get(WEIGHTS)!);
  const general = await tensorsOf((await merge({ engine, base, adapters: [{ adapter }], dtype: "f32" })).out.files.get(WEIGHTS)!);
  for (const [name, { bytes }] of fused) assert.deepEqual(bytes, encode("BF16", decode("F32", general.get(name)!.bytes)), name);
});

test("survival and norms agree with float64 sums over the elements to 1e-4", async () => {
  using engine = await createEngine({ threads: 1 });
  const { out, report } = await merge({ engine, base, adapters: [{ adapter }] });
  const exact = await tensorsOf(
    (await merge({ engine, base, adapters: [{ adapter }], accumulate: "f64", dtype: "f32" })).out.files.get(WEIGHTS)!,
  );
  const rounded = await tensorsOf(out.files.get(WEIGHTS)!);
  for (const t of report.tensors.filter((x) => x.action === "merged").slice(0, 8)) {
    const info = base.tensors.get(t.name)!;
    const w = decode("BF16", await base.shards[0]!.source.read(info.offset, info.byteLength));
    const v = decode("F32", exact.get(t.name)!.bytes);
    const got = decode("BF16", rounded.get(t.name)!.bytes);
    let [norm, change, lost] = [0, 0, 0];
    w.forEach((x, i) => {
      norm += x * x;
      change += (v[i]! - x) ** 2;
      lost += (got[i]! - v[i]!) ** 2;
    });
    assert.ok(Math.abs(t.relativeChange! / Math.sqrt(change / norm) - 1) < 1e-4, t.name);
    assert.ok(Math.abs((1 - t.survival!) / (lost / change) - 1) < 1e-2, `${t.name}: ${1 - t.survival!} ${lost / change}`);
  }
});

test("every deterministic build, with one thread and with several, writes the same bytes and the same manifest", async () => {
  const outputs = new Map<string, (Uint8Array | undefined)[]>();
  for (const { name, engine } of builds) {
    if (!isDeterministic(name)) continue;
    const { out } = await merge({ engine, base, adapters: [{ adapter }] });
    outputs.set(name, [out.files.get(WEIGHTS), out.files.get("merge.json")]);
  }
  const [first, ...rest] = outputs.values();
  assert.ok(rest.length >= 1);
  for (const other of rest) assert.deepEqual(other, first);
});
