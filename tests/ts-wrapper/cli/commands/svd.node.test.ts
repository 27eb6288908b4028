// Node only: the command line is for Node
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { decodeValues } from "../../../../ts-wrapper/adapters/merge/decode.ts";
import { writeSafetensors } from "../../../../ts-wrapper/cli/write-file.ts";
import { openModel } from "../../../../ts-wrapper/io/open-model.ts";
import { base, lowrank, scratch } from "../in-process.ts";

const folder = scratch();
const query = "model.layers.0.self_attn.q_proj.weight";

async function tensor(path: string, name: string): Promise<Float64Array> {
  const model = await openModel(path);
  const { offset, byteLength, dtype, shard } = model.tensors.get(name)!;
  const values = decodeValues(await model.shards[shard]!.source.read(offset, byteLength), dtype);
  await model.close();
  return values;
}

test("svd tells the spectrum of a tensor and which rank holds how much", async () => {
  const { exit, out, err } = await lowrank(["svd", base, query]);
  assert.deepEqual([exit, err], [0, ""]);
  assert.match(out, /^SVD model\.layers\.0\.self_attn\.q_proj\.weight of .*\n\n +matrix +192 × 192 BF16\n/);
  assert.match(out, /rank +\d+ of 192, stable [\d.]+, effective [\d.]+\n/);
  assert.match(out, /log σ +█[▁-█]{59}\n/);
  assert.match(out, /99\.90 % +\d+ +0\.0\d+ +\d+\.\d+ %\n?$/);
});

test("the factors that are written multiply to the tensor, up to the error that is told", async () => {
  const path = join(folder, "q.safetensors");
  const w = await tensor(base, query);
  for (const [flags, bound] of [
    [[], 1e-13],
    [["--rank", "20"], 1e-13],
    [["--energy", "90%", "--dtype", "f32"], 1e-6],
  ] as const) {
    const { exit, out } = await lowrank(["svd", base, query, "-o", path, "--json", ...flags]);
    assert.equal(exit, 0);
    const { svd } = JSON.parse(out);
    const [u, s, vt] = [await tensor(path, "u"), await tensor(path, "s"), await tensor(path, "vt")];
    const k = s.length;
    assert.deepEqual([k, u.length, vt.length], [svd.kept, 192 * svd.kept, 192 * svd.kept]);
    let [error, norm] = [0, 0];
    for (let i = 0; i < 192; i++)
      for (let j = 0; j < 192; j++) {
        let sum = 0;
        for (let r = 0; r < k; r++) sum += u[i * k + r]! * s[r]! * vt[r * 192 + j]!;
        error += (w[i * 192 + j]! - sum) ** 2;
        norm += w[i * 192 + j]! ** 2;
      }
    assert.ok(Math.abs(Math.sqrt(error / norm) - svd.error) <= bound, `${Math.sqrt(error / norm)}, told ${svd.error}`);
    assert.ok(Math.abs(svd.norm - Math.sqrt(norm)) <= bound * Math.sqrt(norm));
  }
});

test("randomized finds the leading values, and says nothing of the others", async () => {
  const exact = JSON.parse((await lowrank(["svd", base, query, "--json"])).out).svd;
  const { svd } = JSON.parse((await lowrank(["svd", base, query, "--method", "randomized", "-r", "8", "--json"])).out);
  assert.deepEqual([exact.method, svd.method], ["bidiagonal", "randomized"]);
  assert.deepEqual([svd.kept, svd.singularValues.length, svd.rank, svd.condition], [8, 8, null, null]);
  for (const [i, s] of svd.singularValues.entries()) {
    assert.ok(Math.abs(s / exact.singularValues[i] - 1) < 0.05, `${s}, exact ${exact.singularValues[i]}`);
  }
  assert.ok(Math.abs(svd.norm - exact.norm) < 1e-12 * exact.norm);
});

test("the plot is a picture with both curves", async () => {
  const path = join(folder, "q.svg");
  const { exit, out } = await lowrank(["svd", base, query, "--rank", "16", "--plot", path]);
  assert.equal(exit, 0);
  assert.match(out, /wrote .*q\.svg\n$/);
  const svg = readFileSync(path, "utf8");
  assert.match(svg, /kept 16/);
  assert.equal(svg.match(/<path /g)!.length, 4); // two curves and their legend
});

test("one matrix of several, or the first dimension by all others", async () => {
  const path = join(folder, "experts.safetensors");
  const data = Float32Array.of(1, 0, 0, 2, 3, 0, 0, 4);
  await writeSafetensors(path, [{ name: "w", dtype: "F32", shape: [2, 2, 2], bytes: new Uint8Array(data.buffer) }], new Map());
  const valuesOf = async (...flags: string[]): Promise<number[]> =>
    JSON.parse((await lowrank(["svd", path, "w", "--json", ...flags])).out).svd.singularValues;
  assert.deepEqual(await valuesOf("--slice", "1"), [2, 1]);
  assert.deepEqual(await valuesOf("--slice", "2"), [4, 3]);
  const [first, second] = await valuesOf(); // rows (1, 0, 0, 2) and (3, 0, 0, 4)
  assert.ok(Math.abs(first! * second! - Math.sqrt(5 * 25 - 11 * 11)) < 1e-12);
  assert.equal((await lowrank(["svd", path, "w", "--slice", "3"])).exit, 2);
});

test("what cannot be taken apart is refused with its reason, and nothing is written", async () => {
  const path = join(folder, "none.safetensors");
  for (const [args, exit, text] of [
    [[query.slice(6)], 3, /there is no tensor "layers.*near are "model\.layers/],
    [["model.norm.weight"], 2, /its shape is \[192\], a matrix was needed/],
    [[query, "--method", "randomized"], 2, /give --rank/],
    [[query, "--slice", "1"], 2, /--slice is for three dimensions/],
    [[query, "--rank", "0"], 2, /--rank/],
  ] as const) {
    const ran = await lowrank(["svd", base, ...args, "-o", path]);
    assert.equal(ran.exit, exit, ran.err);
    assert.match(ran.err, text);
    assert.ok(!existsSync(path));
  }
  const bad = join(folder, "nan.safetensors");
  const data = Float32Array.of(1, Number.NaN, 2, 3);
  await writeSafetensors(bad, [{ name: "w", dtype: "F32", shape: [2, 2], bytes: new Uint8Array(data.buffer) }], new Map());
  const ran = await lowrank(["svd", bad, "w", "-o", path]);
  assert.equal(ran.exit, 3);
  assert.match(ran.err, /element \(0, 1\).*NaN/);
  assert.ok(!existsSync(path));
});
