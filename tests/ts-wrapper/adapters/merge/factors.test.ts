import assert from "node:assert/strict";
import { test } from "node:test";
import type { LowRankEdit } from "../../../../ts-wrapper/adapters/adapter.ts";
import { Arena } from "../../../../ts-wrapper/adapters/merge/arena.ts";
import { decodeTensor, packFactors } from "../../../../ts-wrapper/adapters/merge/factors.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { stored } from "../../../support/adapters.ts";
import { random, rng } from "../../../support/rng.ts";

function edit(rows: number, cols: number, rank: number, seed: number): LowRankEdit & { l: Float32Array; r: Float32Array } {
  const next = rng(seed);
  const l = random(rows * rank, next);
  const r = random(rank * cols, next);
  const view = (name: string, data: Float32Array, m: number, n: number) => ({
    tensor: stored(name, { dtype: "F32", shape: [m, n], bytes: new Uint8Array(data.buffer.slice(0)) }),
    rows: m,
    cols: n,
    offset: 0,
    rowStride: n,
    colStride: 1,
  });
  return {
    op: "low-rank",
    target: "w",
    rows,
    cols,
    rank,
    scale: 1,
    scaleWhy: "",
    left: [view("l", l, rows, rank)],
    right: [view("r", r, rank, cols)],
    l,
    r,
  };
}

test("stacked factors of ranks 3 and 5 multiply to the sum of both products, each with its factor, in f64 to 1e-12", async () => {
  using engine = await createEngine({ threads: 1 });
  const [m, n] = [7, 13];
  const [a, b] = [edit(m, n, 3, 1), edit(m, n, 5, 2)];
  using arena = new Arena(engine, 1 << 16);
  const packed = await packFactors(
    engine,
    arena,
    [
      { edit: a, factor: 0.5 },
      { edit: b, factor: -2 },
    ],
    "f64",
  );
  assert.equal(packed.rank, 8);
  using acc = engine.upload(new Float64Array(m * n));
  engine.wasm.low_rank_add_f64(n, packed.rank, packed.left[0]!, packed.right[0]!, acc.ptr, 0, m);
  const got = engine.f64(acc.ptr, m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let want = 0;
      for (const [e, factor] of [
        [a, 0.5],
        [b, -2],
      ] as const)
        for (let k = 0; k < e.rank; k++) want += factor * e.l[i * e.rank + k]! * e.r[k * n + j]!;
      assert.ok(Math.abs(got[i * n + j]! - want) < 1e-12, `[${i}, ${j}]`);
    }
  }
});

test("a tensor is decoded from each floating-point type to both sums, exactly", async () => {
  using engine = await createEngine({ threads: 1 });
  using arena = new Arena(engine, 4096);
  const halves = { F16: Uint16Array.of(0x3c00, 0xc000, 1), BF16: Uint16Array.of(0x3f80, 0xc000, 1) };
  const cases = [
    ["F32", new Uint8Array(Float32Array.of(1, -2, 2 ** -140).buffer), 2 ** -140],
    ["F64", new Uint8Array(Float64Array.of(1, -2, 2 ** -100).buffer), 2 ** -100],
    ["F16", new Uint8Array(halves.F16.buffer), 2 ** -24],
    ["BF16", new Uint8Array(halves.BF16.buffer), 2 ** -133],
  ] as const;
  for (const [dtype, bytes, small] of cases) {
    for (const sum of ["f32", "f64"] as const) {
      arena.reset();
      const at = await decodeTensor(engine, arena, stored("t", { dtype, shape: [3], bytes }), sum);
      assert.deepEqual([...(sum === "f32" ? engine.f32(at, 3) : engine.f64(at, 3))], [1, -2, small], `${dtype} ${sum}`);
    }
  }
});

test("integers are no factors", async () => {
  using engine = await createEngine({ threads: 1 });
  using arena = new Arena(engine, 4096);
  const tensor = stored("ids", { dtype: "I32", shape: [1], bytes: new Uint8Array(4) });
  await assert.rejects(decodeTensor(engine, arena, tensor, "f32"), { code: "MISMATCH", tensor: "ids", message: /is I32/ });
});
