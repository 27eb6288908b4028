import { type LowRankSvd, svdLowRank } from "../../ts-wrapper/linalg/svd-low-rank.ts";
import { bench } from "../bench.ts";
import { productSvdError } from "../checks.ts";
import { gaussian } from "../inputs.ts";
import type { ProductSvdData, SvdResult } from "../operations.ts";

export default [
  bench({
    name: "svd of B·A f32",
    title: "all triplets of the product of n×rank and rank×n from the factors; peers form the product and decompose it",
    dtype: "f32",
    grid: [
      { n: 512, rank: 16 },
      { n: 1024, rank: 64 },
      { n: 4096, rank: 64 },
    ],
    setup: ({ n, rank }): ProductSvdData => ({ n, rank, b: gaussian(n * rank, 1, "f32"), a: gaussian(rank * n, 2, "f32") }),
    run(engine, { n, rank, b, a }) {
      let last: LowRankSvd | undefined;
      return {
        step() {
          last = svdLowRank(engine, { b: { rows: n, cols: rank, data: b }, a: { rows: rank, cols: n, data: a } });
        },
        result: (): SvdResult => ({ u: last!.u.data, s: last!.s, vt: last!.vt.data }),
      };
    },
    check: productSvdError,
    work: ({ n, rank }) => ({ flops: 12 * n * rank * rank }),
    // A dense decomposition of n = 4096 takes half a minute and is not waited for.
    peers: (peer, data) => (data.n <= 1024 ? peer.productSvd?.(data) : undefined),
  }),
];
