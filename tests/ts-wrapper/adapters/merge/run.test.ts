import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { memoryFolder } from "../../../../ts-wrapper/io/memory-sink.ts";
import { merge, openBase, openExample, tensorsOf } from "../../../support/merge.ts";

const MiB = 2 ** 20;
const WEIGHTS = "model.safetensors";

test("the order in which adapters are given cannot be seen: weights and manifest are the same bytes", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const three = await Promise.all(["lora-licences", "rslora-patterns", "dora-manual"].map(openExample));
  const weights = [0.7, -0.3, 0.5];
  const outputs = [];
  for (const order of [
    [0, 1, 2],
    [2, 0, 1],
    [1, 2, 0],
  ]) {
    const { out } = await merge({ engine, base, adapters: order.map((i) => ({ adapter: three[i]!, weight: weights[i]! })) });
    outputs.push([out.files.get(WEIGHTS), out.files.get("merge.json")]);
  }
  assert.deepEqual(outputs[1], outputs[0]);
  assert.deepEqual(outputs[2], outputs[0]);
});

test("the memory ceiling cannot be seen: tiles of 64 KiB and of 8 MiB give the same bytes, in f32 and f64 sums", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const adapter = await openExample("dora-manual");
  for (const accumulate of ["f32", "f64"] as const) {
    const outputs = [];
    for (const memory of [512 * MiB, 152 * MiB]) {
      const { out } = await merge({ engine, base, adapters: [{ adapter }], memory, accumulate });
      outputs.push(out.files.get(WEIGHTS));
    }
    assert.deepEqual(outputs[1], outputs[0]);
  }
});

test("tensors that no adapter touches are the base's bytes, and so are the header and the side files", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const { out, report } = await merge({ engine, base, adapters: [{ adapter: await openExample("rslora-patterns") }] });
  const before = await tensorsOf(await base.shards[0]!.source.read(0, base.shards[0]!.source.byteLength));
  const after = await tensorsOf(out.files.get(WEIGHTS)!);
  let same = 0;
  for (const t of report.tensors) {
    const equal = before.get(t.name)!.bytes.every((x, i) => x === after.get(t.name)!.bytes[i]);
    assert.equal(equal, t.action === "copied", t.name);
    if (equal) same++;
  }
  assert.ok(same > 0 && same < report.tensors.length);
  assert.deepEqual(out.files.get(WEIGHTS)!.subarray(0, base.shards[0]!.dataOffset), base.shards[0]!.header);
  for (const { name, source } of base.sideFiles)
    assert.deepEqual(out.files.get(name), await source.read(0, source.byteLength), name);
});

test("weight 0 changes nothing: the file is the base's, byte for byte", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const { out } = await merge({ engine, base, adapters: [{ adapter: await openExample("lora-licences"), weight: 0 }] });
  const { source } = base.shards[0]!;
  assert.deepEqual(out.files.get(WEIGHTS), await source.read(0, source.byteLength));
});

test("files of at most 1 MB: same tensors, an index that names each, the same values", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const adapter = await openExample("lora-licences");
  const whole = await tensorsOf((await merge({ engine, base, adapters: [{ adapter }] })).out.files.get(WEIGHTS)!);
  const { out, report } = await merge({ engine, base, adapters: [{ adapter }], shardSize: 1e6 });
  const index = JSON.parse(new TextDecoder().decode(out.files.get("model.safetensors.index.json")!));
  assert.equal(Object.keys(index.weight_map).length, whole.size);
  const shards = new Set<string>(Object.values(index.weight_map));
  assert.ok(shards.size >= 4);
  for (const file of shards) {
    for (const [name, { bytes }] of await tensorsOf(out.files.get(file)!)) {
      assert.equal(index.weight_map[name], file);
      assert.deepEqual(bytes, whole.get(name)!.bytes, name);
    }
  }
  assert.equal(report.base.files[0]!.sha256.length, 64);
});

test("survival: near 1 in f32, below 1 in bf16, and a change far below half an ulp is reported as lost and refused on demand", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const adapter = await openExample("lora-licences");
  const wide = await merge({ engine, base, adapters: [{ adapter }], dtype: "f32" });
  const narrow = await merge({ engine, base, adapters: [{ adapter }] });
  const tiny = await merge({ engine, base, adapters: [{ adapter, weight: 1e-6 }] });
  assert.ok(wide.report.totals.survival! > 1 - 1e-6, String(wide.report.totals.survival));
  assert.ok(narrow.report.totals.survival! < 1 && narrow.report.totals.survival! > 0.9);
  assert.ok(tiny.report.totals.survival! < 0.01, String(tiny.report.totals.survival));
  const out = memoryFolder();
  await assert.rejects(merge({ engine, base, adapters: [{ adapter, weight: 1e-6 }], minSurvival: 0.5, sink: out }), {
    code: "SURVIVAL",
    message: /50\.00 % were asked for/,
  });
  assert.deepEqual(await out.list(), []);
});

test("an output that is taken is refused, and --overwrite replaces it", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const adapter = await openExample("lora-licences");
  const { out } = await merge({ engine, base, adapters: [{ adapter }] });
  await assert.rejects(merge({ engine, base, adapters: [{ adapter }], sink: out }), { code: "USAGE", message: /--overwrite/ });
  const first = out.files.get(WEIGHTS)!;
  await merge({ engine, base, adapters: [{ adapter, weight: 0.5 }], sink: out, overwrite: true });
  assert.notDeepEqual(out.files.get(WEIGHTS), first);
});

test("cancelling stops with the signal's reason and leaves nothing", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const out = memoryFolder();
  const controller = new AbortController();
  const job = { engine, base, adapters: [{ adapter: await openExample("lora-licences") }], sink: out, signal: controller.signal };
  const { runMerge } = await import("../../../../ts-wrapper/adapters/merge/run.ts");
  let steps = 0;
  await assert.rejects(
    async () => {
      for await (const step of runMerge(job)) if (step.phase === "merge" && ++steps === 5) controller.abort();
    },
    { name: "AbortError" },
  );
  assert.equal(steps, 5);
  assert.deepEqual(await out.list(), []);
  assert.equal(engine.live(), 0);
});

test("memory of the engine is all returned, after success and after refusal", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const adapter = await openExample("lora-licences");
  await merge({ engine, base, adapters: [{ adapter }] });
  assert.equal(engine.live(), 0);
  await assert.rejects(merge({ engine, base, adapters: [{ adapter, weight: 1e39 }] }), { code: "OVERFLOW", message: /row \d+/ });
  assert.equal(engine.live(), 0);
});
