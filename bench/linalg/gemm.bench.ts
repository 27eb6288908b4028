import { gemmWork } from "../../ts-wrapper/cli/kernel-work.ts";
import type { FloatDtype } from "../../ts-wrapper/engine/engine.ts";
import { type Bench, bench } from "../bench.ts";
import { gemmError } from "../checks.ts";
import { uniform } from "../inputs.ts";
import type { GemmData } from "../operations.ts";

const square = (n: number) => ({ m: n, n, k: n });
type Shape = ReturnType<typeof square>;

function setup(dtype: FloatDtype, { m, n, k }: Shape, transB: boolean): GemmData {
  return { dtype, m, n, k, transB, a: uniform(m * k, 1, dtype), b: uniform(k * n, 2, dtype) };
}

const gemm = (dtype: FloatDtype): Bench =>
  bench({
    name: `gemm ${dtype}`,
    title: "C = A·B, square, both operands new in every step",
    dtype,
    grid: [256, 512, 1024, 2048].map(square),
    setup: (point) => setup(dtype, point, false),
    run: (engine, data) => gemmWork(engine, data, data.a, data.b),
    check: gemmError,
    work: ({ m, n, k }) => ({ flops: 2 * m * n * k }),
    peers: (peer, data) => peer.gemm?.(data),
  });

/** Prefill of a model: X holds 64 tokens, W is one projection of a 7B Llama. */
const prefill: Bench = bench({
  name: "gemm X·Wᵀ f32",
  title: "X·Wᵀ with weights W stored n×k",
  dtype: "f32",
  grid: [{ m: 64, n: 4096, k: 4096 }],
  setup: (point) => setup("f32", point, true),
  run: (engine, data) => [
    { ...gemmWork(engine, data, data.a, data.b), note: "W packed in every step" },
    { ...gemmWork(engine, { ...data, packed: true }, data.a, data.b), note: "W packed once" },
  ],
  check: gemmError,
  work: ({ m, n, k }) => ({ flops: 2 * m * n * k, bytes: 4 * (n * k + m * k + m * n) }),
  peers: (peer, data) => peer.gemm?.(data),
});

/** A few sequences decoded at a time: as fast as W can be read, where there are one or two. */
const decode: Bench = bench({
  name: "gemm few rows X·Wᵀ f32",
  title: "X·Wᵀ with 1 to 8 rows of X and weights W stored n×k",
  dtype: "f32",
  grid: [1, 2, 4, 8].map((m) => ({ m, n: 4096, k: 4096 })),
  setup: (point) => setup("f32", point, true),
  run: (engine, data) => gemmWork(engine, data, data.a, data.b),
  check: gemmError,
  work: ({ m, n, k }) => ({ flops: 2 * m * n * k, bytes: 4 * (n * k + m * k + m * n) }),
  peers: (peer, data) => peer.gemm?.(data),
});

export default [gemm("f32"), gemm("f64"), prefill, decode];
