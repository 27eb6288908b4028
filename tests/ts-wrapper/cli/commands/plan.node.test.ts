import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { base, broken, example, lowrank, scratch } from "../in-process.ts";

const out = join(scratch(), "out");

test("plan tells groups, memory with its parts under the ceiling, bytes and disk, and writes nothing", async () => {
  const { exit, out: text, err } = await lowrank(["plan", base, "-a", example("lora-full"), "-o", out, "--memory", "256MiB"]);
  assert.deepEqual([exit, err], [0, ""]);
  assert.match(text, /^Plan .*; nothing is written\n/);
  assert.match(text, /model\.layers\.\*\.self_attn\.q_proj\.weight +5 +merged +BF16 +192 × 192 +369 kB +r 8 · scale 2\n/);
  assert.match(text, /lm_head\.weight +1 +replaced +BF16 +1024 × 192 +393 kB +replace\n/);
  assert.match(text, /memory +at most \S+ MiB of 256 MiB \(runtime .*tiles .*factors .*\)\n/);
  assert.match(text, /disk +\S+ MB needed, \S+ [MGT]B free\n/);
  assert.ok(!existsSync(out));
});

test("plan --json has every tensor, and memory whose parts add up to the peak", async () => {
  const { exit, out: text } = await lowrank(["plan", base, "-a", example("dora-manual"), "--dtype", "f32", "--json"]);
  assert.equal(exit, 0);
  const { schema, command, plan } = JSON.parse(text);
  assert.deepEqual([schema, command, plan.out, plan.tensors.length], [1, "plan", null, 48]);
  const { peak, ceiling, runtime, headers, tiles, scratch: sums, factors } = plan.memory;
  assert.equal(runtime + headers + tiles + sums + factors, peak);
  assert.ok(peak <= ceiling);
  const query = plan.tensors.find((t: { name: string }) => t.name === "model.layers.0.self_attn.q_proj.weight");
  assert.deepEqual([query.action, query.dtype, query.dtypeFrom, query.edits[0].dora], ["merged", "F32", "BF16", "rows"]);
  assert.deepEqual(plan.configChanges, [{ path: ["torch_dtype"], value: "float32" }]);
});

test("plan refuses what merge refuses", async () => {
  assert.equal((await lowrank(["plan", base, "-a", broken("lora-broken-missing-b")])).exit, 4);
  assert.equal((await lowrank(["plan", base, "-a", example("lora-full"), "--memory", "1MB"])).exit, 6);
  assert.equal((await lowrank(["plan", base])).exit, 2);
});
