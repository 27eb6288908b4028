import type { Bench } from "./bench.ts";
import eigh from "./linalg/eigh.bench.ts";
import gemm from "./linalg/gemm.bench.ts";
import gemv from "./linalg/gemv.bench.ts";
import randomizedSvd from "./linalg/randomized-svd.bench.ts";
import svd from "./linalg/svd.bench.ts";
import svdJacobi from "./linalg/svd-jacobi.bench.ts";
import svdLowRank from "./linalg/svd-low-rank.bench.ts";
import syrk from "./linalg/syrk.bench.ts";
import systems from "./linalg/systems.bench.ts";
import update from "./merge/low-rank-update.bench.ts";
import quantized from "./quant/gemv-quant.bench.ts";
import tiles from "./tiles/tiles.bench.ts";

/** Every bench, in the order in which they run and stand in the tables. */
export const benches: readonly Bench[] = [
  ...gemm,
  ...gemv,
  ...quantized,
  ...update,
  ...syrk,
  ...systems,
  ...svd,
  ...svdJacobi,
  ...randomizedSvd,
  ...svdLowRank,
  ...eigh,
  ...tiles,
];
