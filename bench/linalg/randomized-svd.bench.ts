import { type RandomizedSvd, randomizedSvd } from "../../ts-wrapper/linalg/randomized-svd.ts";
import { bench } from "../bench.ts";
import { truncatedSvdError } from "../checks.ts";
import { gaussian } from "../inputs.ts";
import type { SvdData, SvdResult } from "../operations.ts";

/** Power iterations. There is no oversampling: what torch.svd_lowrank does with q = rank and niter = 2. */
const NITER = 2;

interface Data extends SvdData {
  readonly rank: number;
  readonly low: number;
  /** Norm of what is left beyond the rank. */
  readonly tail: number;
}

/** The product of two Gaussian factors with 2·rank terms, the terms falling by 2⁻⁸ up to the rank. */
function setup({ n, rank }: { readonly n: number; readonly rank: number }): Data {
  const low = 2 * rank;
  const left = gaussian(n * low, 1, "f64");
  const right = gaussian(low * n, 2, "f64");
  const falls = Float64Array.from({ length: low }, (_, k) => 2 ** ((-8 * k) / rank));
  const a = new Float32Array(n * n);
  const row = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    row.fill(0);
    for (let k = 0; k < low; k++) {
      const x = left[i * low + k]! * falls[k]!;
      for (let j = 0, at = k * n; j < n; j++, at++) row[j]! += x * right[at]!;
    }
    a.set(row, i * n);
  }
  const tail = n * Math.hypot(...falls.subarray(rank));
  return { dtype: "f32", rows: n, cols: n, a, rank, low, tail };
}

export default [
  bench({
    name: "randomized svd f32",
    title: "the leading triplets of a square matrix of rank 2·rank, as torch.svd_lowrank with niter = 2, copied in and out",
    dtype: "f32",
    grid: [
      { n: 1024, rank: 16 },
      { n: 1024, rank: 64 },
      { n: 2048, rank: 64 },
      { n: 4096, rank: 64 },
    ],
    setup,
    run(engine, { rows, cols, a, rank }) {
      let last: RandomizedSvd | undefined;
      return {
        step() {
          last = randomizedSvd(engine, { rows, cols, data: a }, { torchCompatible: { q: rank, niter: NITER } });
        },
        result: (): SvdResult => ({ u: last!.u.data, s: last!.s, vt: last!.vt.data }),
      };
    },
    check: (data, result) => truncatedSvdError(data, result, data.rank, data.tail),
    work: ({ n, rank }) => ({ flops: 2 * n * n * rank * (2 * NITER + 2) }),
    peers: (peer, data) => peer.randomizedSvd?.(data, data.rank, data.low),
  }),
];
