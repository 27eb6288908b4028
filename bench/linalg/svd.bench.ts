import type { FloatDtype } from "../../ts-wrapper/engine/engine.ts";
import { type Svd, svd } from "../../ts-wrapper/linalg/svd.ts";
import { type Bench, bench } from "../bench.ts";
import { svdError } from "../checks.ts";
import { gaussian } from "../inputs.ts";
import type { SvdData, SvdResult } from "../operations.ts";

const thin = (dtype: FloatDtype): Bench =>
  bench({
    name: `svd ${dtype}`,
    title: "thin U, s and Vᵀ of a square Gaussian matrix, copied in and out",
    dtype,
    grid: [64, 128, 256, 512].map((n) => ({ rows: n, cols: n })),
    setup: ({ rows, cols }): SvdData => ({ dtype, rows, cols, a: gaussian(rows * cols, 1, dtype) }),
    run(engine, { rows, cols, a }) {
      let last: Svd | undefined;
      return {
        step() {
          last = svd(engine, { rows, cols, data: a });
        },
        result: (): SvdResult => ({ u: last!.u.data, s: last!.s, vt: last!.vt.data }),
      };
    },
    check: svdError,
    work: () => ({}),
    peers: (peer, data) => peer.svd?.(data),
  });

export default [thin("f32"), thin("f64")];
