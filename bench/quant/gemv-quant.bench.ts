import { type Blocked, blockTypes, decodeBlocks, randomBlock } from "../../tests/support/reference-quant.ts";
import { rng } from "../../tests/support/rng.ts";
import { Operands } from "../../ts-wrapper/cli/kernel-work.ts";
import type { Engine, Floats, ParallelKernel, Ptr } from "../../ts-wrapper/engine/engine.ts";
import { type Bench, bench, type Contestant } from "../bench.ts";
import { quantizedGemmError, quantizedGemvError } from "../checks.ts";
import { uniform } from "../inputs.ts";
import type { Int8GemmData } from "../operations.ts";

/** Rows that a thread takes at a time. */
const GRAIN = 64;
const grid = [{ m: 4096, n: 4096 }];
const title = "y = W·x, a quantized W that stays, x rounded to signed bytes in every step";

/** Quantized rows and what they mean. Rows repeat after some: values do not change what a product costs. */
interface QuantizedData {
  readonly m: number;
  readonly n: number;
  readonly w: Uint8Array;
  /** The rows that repeat, in f32. */
  readonly rows: Float32Array;
  readonly x: Floats;
}

const DISTINCT_ROWS = 16;

function blocksOf(type: Blocked, m: number, n: number): QuantizedData {
  const { size, bytes } = blockTypes[type];
  const next = rng(1);
  const blocks = (DISTINCT_ROWS * n) / size;
  const some = new Uint8Array(blocks * bytes);
  for (let k = 0; k < blocks; k++) some.set(randomBlock(type, next), k * bytes);
  const w = new Uint8Array((m * n * bytes) / size);
  for (let at = 0; at < w.length; at += some.length) w.set(some.subarray(0, w.length - at), at);
  return { m, n, w, rows: decodeBlocks(type, some), x: uniform(n, 2, "f32") };
}

const ofBlocks = (type: Blocked): Bench =>
  bench({
    name: `gemv ${type} weights`,
    ...{ title, dtype: "f32" as const, grid },
    setup: ({ m, n }) => blocksOf(type, m, n),
    run: (engine, { m, n, w, x }) => {
      const group = blockTypes[type].size;
      const memory = new Operands(engine);
      const [pw, px, py] = [bytes(engine, memory, w), memory.copy(x), memory.room(4 * m)];
      const rounded = memory.room(engine.wasm.q8_row_bytes(n, group));
      return contestant(engine, memory, py, m, `gemv_${type}_q8`, [n, pw, rounded, py], () =>
        engine.wasm.quantize_rows_q8(n, group, px, n, rounded, 0, 1),
      );
    },
    check: ({ n, rows, x }, y) => quantizedGemvError(rows, n, x, y, blockTypes[type].size),
    work: ({ m, n }) => ({ bytes: (m * n * blockTypes[type].bytes) / blockTypes[type].size + 4 * (m + n) }),
  });

/** Rows of signed bytes under one scale. */
const ofBytes = bench({
  name: "gemv i8 weights",
  ...{ title, dtype: "f32" as const, grid },
  setup: ({ m, n }): QuantizedData => {
    const next = rng(1);
    const some = Int8Array.from({ length: DISTINCT_ROWS * n }, () => Math.floor(next() * 255) - 127);
    const w = new Uint8Array(m * n);
    for (let at = 0; at < w.length; at += some.length) w.set(new Uint8Array(some.buffer).subarray(0, w.length - at), at);
    return { m, n, w, rows: Float32Array.from(some), x: uniform(n, 2, "f32") };
  },
  run: (engine, { m, n, w, x }) => {
    const memory = new Operands(engine);
    const [pw, px, py] = [bytes(engine, memory, w), memory.copy(x), memory.room(4 * m)];
    const [scales, rounded, scale] = [memory.copy(new Float32Array(m).fill(1)), memory.room(n), memory.room(4)];
    return contestant(engine, memory, py, m, "gemv_i8_i8", [n, pw, scales, rounded, scale, py], () =>
      engine.wasm.encode_i8_f32(n, px, n, rounded, scale, 0, 1),
    );
  },
  check: ({ n, rows, x }, y) => quantizedGemvError(rows, n, x, y, n),
  work: ({ m, n }) => ({ bytes: m * n + 4 * (m + n) }), // products of bytes have no place in a limit of float32 arithmetic
});

/** Prefill: X holds 64 tokens. Peers round activations in each step as well. */
const products: Bench = bench({
  name: "gemm X·Wᵀ i8 weights",
  title: "X·Wᵀ with signed bytes W that stay, stored n×k, X rounded to bytes in every step",
  dtype: "f32",
  grid: [{ m: 64, n: 4096, k: 4096 }],
  setup: ({ m, n, k }): Int8GemmData => {
    const next = rng(1);
    const some = Int8Array.from({ length: DISTINCT_ROWS * k }, () => Math.floor(next() * 255) - 127);
    const w = new Int8Array(n * k);
    for (let at = 0; at < w.length; at += some.length) w.set(some.subarray(0, w.length - at), at);
    return { m, n, k, w, rows: Float32Array.from(some), x: uniform(m * k, 2, "f32") as Float32Array };
  },
  run: (engine, { m, n, k, w, x }) => {
    const memory = new Operands(engine);
    const [pw, px, py] = [bytes(engine, memory, new Uint8Array(w.buffer)), memory.copy(x), memory.room(4 * m * n)];
    const [scales, rounded, factors] = [memory.copy(new Float32Array(n).fill(1)), memory.room(m * k), memory.room(4 * m)];
    return {
      step() {
        engine.parallel("encode_i8_f32", [k, px, k, rounded, factors], m, 4);
        engine.parallel("gemm_i8_i8", [m, k, pw, scales, rounded, factors, py, n], n, GRAIN);
      },
      result: () => memory.floats(py, m * n, "f32"),
      [Symbol.dispose]: () => memory[Symbol.dispose](),
    };
  },
  check: ({ n, k, rows, x }, y) => quantizedGemmError(rows, k, n, x, y as Float32Array),
  work: ({ m, n, k }) => ({ bytes: n * k + 4 * m * (n + k) }), // products of bytes have no place in a limit of float32 arithmetic
  peers: (peer, data) => peer.int8Gemm?.(data),
});

function bytes(engine: Engine, memory: Operands, data: Uint8Array): Ptr {
  const p = memory.room(data.length);
  engine.u8(p, data.length).set(data);
  return p;
}

function contestant(
  engine: Engine,
  memory: Operands,
  y: Ptr,
  m: number,
  kernel: ParallelKernel,
  args: readonly number[],
  round: () => void,
): Contestant<Floats> {
  return {
    step: () => {
      round();
      engine.parallel(kernel, args, m, GRAIN);
    },
    result: () => memory.floats(y, m, "f32"),
    [Symbol.dispose]: () => memory[Symbol.dispose](),
  };
}

export default [ofBytes, products, ...(["q8_0", "q4_0", "q4_k", "q6_k"] as const).map(ofBlocks)];
