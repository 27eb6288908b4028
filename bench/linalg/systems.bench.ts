import type { Engine, FloatDtype, Floats } from "../../ts-wrapper/engine/engine.ts";
import { cholesky } from "../../ts-wrapper/linalg/cholesky.ts";
import type { Matrix } from "../../ts-wrapper/linalg/matrix.ts";
import { solve } from "../../ts-wrapper/linalg/solve.ts";
import { trsm } from "../../ts-wrapper/linalg/trsm.ts";
import { type Bench, bench, type Contestant, type MaybePromise, type Several } from "../bench.ts";
import { choleskyError, systemError } from "../checks.ts";
import { uniform } from "../inputs.ts";
import type { Operations, SystemData } from "../operations.ts";

/** Uniform in [−1, 1), with `diagonal` on the diagonal if it is named; mirrored from the lower triangle, or zero above it. */
function matrix(n: number, dtype: FloatDtype, above: "random" | "mirrored" | "zero", diagonal?: number): Floats {
  const a = uniform(n * n, 1, dtype);
  for (let i = 0; i < n; i++) {
    if (diagonal !== undefined) a[i * n + i] = diagonal;
    if (above === "random") continue;
    for (let j = i + 1; j < n; j++) a[i * n + j] = above === "zero" ? 0 : a[j * n + i]!;
  }
  return a;
}

interface Kind {
  readonly name: "trsm" | "cholesky" | "solve";
  readonly title: string;
  a(n: number, dtype: FloatDtype): Floats;
  readonly grid: readonly { readonly n: number; readonly count: number }[];
  run(engine: Engine, a: Matrix, b: Matrix): Matrix;
  readonly check: (data: SystemData, x: Floats) => number;
  flops(n: number, count: number): number;
  peer(peer: Operations, data: SystemData): MaybePromise<Several<Floats> | undefined>;
}

const kinds: readonly Kind[] = [
  {
    name: "trsm",
    title: "L·X = B, a lower triangular L, copied in and out",
    a: (n, dtype) => matrix(n, dtype, "zero", n),
    grid: [256, 512, 1024].map((n) => ({ n, count: n })),
    run: (engine, a, b) => trsm(engine, a, b),
    check: systemError,
    flops: (n, count) => n * n * count,
    peer: (peer, data) => peer.trsm?.(data),
  },
  {
    name: "cholesky",
    title: "A = L·Lᵀ, a positive definite A, copied in and out",
    a: (n, dtype) => matrix(n, dtype, "mirrored", n),
    grid: [256, 512, 1024].map((n) => ({ n, count: 0 })),
    run: (engine, a) => cholesky(engine, a),
    check: choleskyError,
    flops: (n) => n ** 3 / 3,
    peer: (peer, data) => peer.cholesky?.(data),
  },
  {
    name: "solve",
    title: "A·X = B, a random A, by LU with partial pivoting, copied in and out",
    a: (n, dtype) => matrix(n, dtype, "random"),
    grid: [256, 512, 1024].map((n) => ({ n, count: 16 })),
    run: (engine, a, b) => solve(engine, a, b),
    check: systemError,
    flops: (n, count) => (2 * n ** 3) / 3 + 2 * n * n * count,
    peer: (peer, data) => peer.solve?.(data),
  },
];

const of = (kind: Kind, dtype: FloatDtype): Bench =>
  bench({
    name: `${kind.name} ${dtype}`,
    title: kind.title,
    dtype,
    grid: kind.grid,
    setup: ({ n, count }): SystemData => ({ dtype, n, count, a: kind.a(n, dtype), b: uniform(n * count, 2, dtype) }),
    run(engine, { n, count, a, b }): Contestant<Floats> {
      let last: Matrix | undefined;
      return {
        step() {
          last = kind.run(engine, { rows: n, cols: n, data: a }, { rows: n, cols: count, data: b });
        },
        result: () => last!.data,
      };
    },
    check: kind.check,
    work: ({ n, count }) => ({ flops: kind.flops(n, count) }),
    peers: kind.peer,
  });

export default kinds.flatMap((kind) => [of(kind, "f32"), of(kind, "f64")]);
