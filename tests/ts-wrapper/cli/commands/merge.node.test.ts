import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { base, broken, example, lowrank, scratch } from "../in-process.ts";

const folder = scratch();
const adapter = example("lora-licences");
let used = 0;
const fresh = (): string => join(folder, `out-${++used}`);

test("merge writes a model and tells what became of the adapter", async () => {
  const out = fresh();
  const { exit, out: text, err } = await lowrank(["merge", base, "-a", adapter, "-o", out]);
  assert.deepEqual([exit, err], [0, ""]);
  assert.match(text, /^Merged /);
  assert.match(text, /lora-licences +lora +1 +35 +8 +2\n/);
  assert.match(text, /tensors +35 merged, 13 copied\n/);
  assert.match(text, /survival +\S+ % of ΔW is left after rounding to BF16\n/);
  assert.match(text, /verified +read back/);
  assert.deepEqual(
    readdirSync(out).filter((f) => f.endsWith(".partial") || f.endsWith(".journal")),
    [],
  );
  for (const file of ["config.json", "merge.json", "model.safetensors", "tokenizer.json"])
    assert.ok(readdirSync(out).includes(file), file);
});

test("merge --json prints one document: the report that lies in merge.json, and timings beside it", async () => {
  const out = fresh();
  const ran = await lowrank(["merge", base, "-a", `${adapter}=0.5`, "-o", out, "--json", "--threads", "2"], { tty: true });
  assert.deepEqual([ran.exit, ran.err], [0, ""]);
  const { schema, command, report, timings, verified } = JSON.parse(ran.out);
  assert.deepEqual([schema, command, verified], [1, "merge", true]);
  assert.deepEqual(report, JSON.parse(readFileSync(join(out, "merge.json"), "utf8")));
  assert.deepEqual(
    report.adapters.map((a: { weight: number }) => a.weight),
    [0.5],
  );
  assert.ok(timings.elapsedMs > 0 && timings.phases.merge.bytesWritten > 0);
});

test("merge --quiet says nothing; --no-verify is told", async () => {
  assert.deepEqual(await lowrank(["merge", base, "-a", adapter, "-o", fresh(), "--quiet"]), { exit: 0, out: "", err: "" });
  const { out } = await lowrank(["merge", base, "-a", adapter, "-o", fresh(), "--no-verify"]);
  assert.match(out, /verified +no \(--no-verify\)/);
});

test("merge: dtype, shards and several adapters reach the result, whatever the order of the adapters", async () => {
  const [one, two] = [fresh(), fresh()];
  const more = ["--dtype", "f32", "--shard-size", "2MB", "--accumulate", "f64"];
  const a = ["-a", `${adapter}=0.5`];
  const b = ["-a", `${example("rslora-patterns")}=-1`];
  assert.equal((await lowrank(["merge", base, ...a, ...b, "-o", one, ...more])).exit, 0);
  assert.equal((await lowrank(["merge", base, ...b, ...a, "-o", two, ...more])).exit, 0);
  const shards = readdirSync(one).filter((f) => f.endsWith(".safetensors"));
  assert.ok(shards.length > 1 && shards.every((f) => /^model-\d{5}-of-\d{5}\.safetensors$/.test(f)), shards.join());
  for (const file of readdirSync(one).filter((f) => f !== "merge.json")) {
    assert.ok(readFileSync(join(one, file)).equals(readFileSync(join(two, file))), file);
  }
});

const messages: readonly (readonly [string, RegExp])[] = [
  ["extra-tensor", /2 of its tensors would go unused.*layers\.9\.mlp\.up_proj\.lora_A/],
  ["missing-b", /lora_A\.weight has no partner: lora_B .* is missing/],
  ["nan", /holds NaN at \[\d+, \d+\], finite numbers were needed/],
  ["prefix", /does not begin with base_model\.model\.,.*nearest name in the base/],
  ["rank-mismatch", /\[8,512\], \[16,512\] was needed.*the file has rank 8, the configuration rank 16/],
  ["transposed", /\[512,8\], \[8,512\] was needed.*it is transposed/],
];

for (const [name] of messages) {
  test(`merge refuses lora-broken-${name} with 4 and its own message, and writes nothing`, async () => {
    const out = fresh();
    const { exit, out: text } = await lowrank(["merge", base, "-a", broken(`lora-broken-${name}`), "-o", out, "--json"]);
    assert.equal(exit, 4);
    const { schema, error } = JSON.parse(text);
    assert.deepEqual([schema, error.exit], [1, 4]);
    const matching = messages.filter(([, pattern]) => pattern.test(error.message)).map(([own]) => own);
    assert.deepEqual(matching, [name], error.message);
    assert.ok(error.file && error.tensor, JSON.stringify(error));
    assert.ok(!existsSync(out));
  });
}

test("merge: the correct twin of the broken adapters merges", async () => {
  assert.equal((await lowrank(["merge", base, "-a", broken("lora-layer1-control"), "-o", fresh()])).exit, 0);
});

test("merge --allow-unused goes on and warns with the names", async () => {
  const { exit, err } = await lowrank(["merge", base, "-a", broken("lora-broken-extra-tensor"), "-o", fresh(), "--allow-unused"]);
  assert.equal(exit, 0);
  assert.match(err, /^warning: .*2 tensors found no place in the base: .*layers\.9\.mlp\.up_proj\.lora_A/m);
});

test("merge without --out, into an input, or into a folder that is taken is 2", async () => {
  const taken = fresh();
  assert.equal((await lowrank(["merge", base, "-a", adapter, "-o", taken])).exit, 0);
  const before = readFileSync(join(taken, "merge.json"));
  const cases: [string[], RegExp][] = [
    [[], /no --out was given.*--dry-run writes nothing/],
    [["-o", base], /also the input/],
    [["-o", adapter], /also the input/],
    [["-o", taken], /--overwrite/],
  ];
  for (const [more, message] of cases) {
    const { exit, err } = await lowrank(["merge", base, "-a", adapter, ...more]);
    assert.equal(exit, 2, more.join(" "));
    assert.match(err, message);
  }
  assert.ok(readFileSync(join(taken, "merge.json")).equals(before));
  assert.equal((await lowrank(["merge", base, "-a", adapter, "-o", taken, "--overwrite"])).exit, 0);
});

test("merge of what is not there or broken is 3", async () => {
  const cut = join(folder, "cut.safetensors");
  writeFileSync(cut, readFileSync(join(base, "model.safetensors")).subarray(0, 5000));
  for (const [model, lora] of [
    [cut, adapter],
    [join(folder, "nowhere"), adapter],
    [base, join(folder, "nowhere")],
  ] as const) {
    const out = fresh();
    const { exit, err } = await lowrank(["merge", model, "-a", lora, "-o", out]);
    assert.equal(exit, 3, err);
    assert.ok(!existsSync(out));
  }
});

test("merge --min-survival above what is left is 5, and nothing stays", async () => {
  const out = fresh();
  const { exit, err } = await lowrank(["merge", base, "-a", `${adapter}=0.001`, "-o", out, "--min-survival", "99.9%"]);
  assert.equal(exit, 5);
  assert.match(err, /of the change is left after rounding to BF16, 99\.90 % were asked for/);
  assert.ok(!existsSync(out));
});

test("merge under a ceiling that is too low, or where nothing can be written, is 6", async () => {
  const low = await lowrank(["merge", base, "-a", adapter, "-o", fresh(), "--memory", "1MB"]);
  assert.equal(low.exit, 6);
  assert.match(low.err, /are needed/);
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  const under = await lowrank(["merge", base, "-a", adapter, "-o", join(file, "out")]);
  assert.equal(under.exit, 6, under.err);
  assert.equal(readFileSync(file, "utf8"), "");
});

test("merge from a server that refuses is 7, and names the file", async () => {
  const server = createServer((_, response) => response.writeHead(403).end());
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model`;
  const { exit, out } = await lowrank(["merge", url, "-a", adapter, "-o", fresh(), "--json"]);
  server.close();
  assert.equal(exit, 7);
  const { code, message } = JSON.parse(out).error;
  assert.equal(code, "NETWORK");
  assert.match(message, /403/);
});

test("merge --dry-run is plan", async () => {
  const out = fresh();
  const dry = await lowrank(["merge", base, "-a", adapter, "--dry-run", "-o", out, "--json"]);
  const plan = await lowrank(["plan", base, "-a", adapter, "-o", out, "--json"]);
  assert.equal(dry.exit, 0);
  const strip = (text: string) => ({ ...JSON.parse(text).plan, diskFree: 0 });
  assert.deepEqual(strip(dry.out), strip(plan.out));
  assert.ok(!existsSync(out));
});

test("merge: an abort in the middle is 130 and leaves nothing", async () => {
  const out = fresh();
  const controller = new AbortController();
  const running = lowrank(["merge", base, "-a", adapter, "-o", out, "--json"], { signal: controller.signal });
  controller.abort(new DOMException("interrupted", "AbortError"));
  const { exit, out: text } = await running;
  assert.equal(exit, 130);
  assert.equal(JSON.parse(text).error.code, "INTERRUPTED");
  assert.ok(!existsSync(out));
});
