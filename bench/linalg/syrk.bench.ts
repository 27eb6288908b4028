import type { FloatDtype, Floats } from "../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../ts-wrapper/linalg/matrix.ts";
import { syrk } from "../../ts-wrapper/linalg/syrk.ts";
import { type Bench, bench, type Contestant } from "../bench.ts";
import { syrkError } from "../checks.ts";
import { uniform } from "../inputs.ts";
import type { SyrkData } from "../operations.ts";

const square = (dtype: FloatDtype): Bench =>
  bench({
    name: `syrk ${dtype}`,
    title: "the lower triangle of A·Aᵀ, A square, copied in and out; peers without it multiply in full",
    dtype,
    grid: [256, 512, 1024].map((n) => ({ n, k: n })),
    setup: ({ n, k }): SyrkData => ({ dtype, n, k, a: uniform(n * k, 1, dtype) }),
    run(engine, { n, k, a }): Contestant<Floats> {
      let last: Matrix | undefined;
      return {
        step() {
          last = syrk(engine, { rows: n, cols: k, data: a });
        },
        result: () => last!.data,
      };
    },
    check: syrkError,
    work: ({ n, k }) => ({ flops: n * n * k }),
    peers: (peer, data) => peer.syrk?.(data),
  });

export default [square("f32"), square("f64")];
