import { gemvWork } from "../../ts-wrapper/cli/kernel-work.ts";
import { bench } from "../bench.ts";
import { gemvError } from "../checks.ts";
import { uniform } from "../inputs.ts";

export default [
  bench({
    name: "gemv f32",
    title: "y = A·x; 1024² lies in a cache, 4096² in memory",
    dtype: "f32",
    grid: [
      { m: 1024, n: 1024 },
      { m: 4096, n: 4096 },
    ],
    setup: ({ m, n }) => ({ dtype: "f32" as const, m, n, a: uniform(m * n, 1, "f32"), x: uniform(n, 2, "f32") }),
    run: (engine, data) => gemvWork(engine, data, data.a, data.x),
    check: gemvError,
    work: ({ m, n }) => ({ flops: 2 * m * n, bytes: 4 * (m * n + n + m) }),
    peers: (peer, data) => peer.gemv?.(data),
  }),
];
