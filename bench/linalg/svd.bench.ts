import type { FloatDtype } from "../../ts-wrapper/engine/engine.ts";
import { type Svd, type SvdMethod, svd } from "../../ts-wrapper/linalg/svd.ts";
import { type Bench, bench } from "../bench.ts";
import { svdError } from "../checks.ts";
import { gaussian } from "../inputs.ts";
import type { SvdData, SvdResult } from "../operations.ts";

/** The default method beside the peers, then `bidiagonal` on the sizes around which the default changes from the other one to it. */
const thin = (dtype: FloatDtype, method: SvdMethod = "auto", sizes = [64, 128, 256, 512]): Bench =>
  bench({
    name: method === "auto" ? `svd ${dtype}` : `svd ${method} ${dtype}`,
    title: "thin U, s and Vᵀ of a square Gaussian matrix, copied in and out",
    dtype,
    grid: sizes.map((n) => ({ rows: n, cols: n })),
    setup: ({ rows, cols }): SvdData => ({ dtype, rows, cols, a: gaussian(rows * cols, 1, dtype) }),
    run(engine, { rows, cols, a }) {
      let last: Svd | undefined;
      return {
        step() {
          last = svd(engine, { rows, cols, data: a }, { method });
        },
        result: (): SvdResult => ({ u: last!.u.data, s: last!.s, vt: last!.vt.data }),
      };
    },
    check: svdError,
    work: () => ({}),
    peers: (peer, data) => (method === "auto" ? peer.svd?.(data) : undefined),
  });

const near = [16, 32, 48, 64, 128];

export default (["f32", "f64"] as const).flatMap((dtype) => [thin(dtype), thin(dtype, "bidiagonal", near)]);
