import { referenceSingularValues } from "../../tests/support/reference-svd.ts";
import { rng } from "../../tests/support/rng.ts";
import type { Engine, FloatDtype } from "../../ts-wrapper/engine/engine.ts";
import { type Svd, svd } from "../../ts-wrapper/linalg/svd.ts";
import { type Bench, bench, type Contestant } from "../bench.ts";
import { relativeValuesError, svdError } from "../checks.ts";
import { gaussian } from "../inputs.ts";
import type { SvdData, SvdResult } from "../operations.ts";

function jacobi(engine: Engine, { rows, cols, a }: SvdData): Contestant<SvdResult> {
  let last: Svd | undefined;
  return {
    step() {
      last = svd(engine, { rows, cols, data: a }, { method: "jacobi" });
    },
    result: (): SvdResult => ({ u: last!.u.data, s: last!.s, vt: last!.vt.data }),
  };
}

const thin = (dtype: FloatDtype): Bench =>
  bench({
    name: `svd jacobi ${dtype}`,
    title: "the same by one-sided Jacobi rotations",
    dtype,
    grid: [16, 32, 48, 64, 128, 256, 512].map((n) => ({ rows: n, cols: n })),
    setup: ({ rows, cols }): SvdData => ({ dtype, rows, cols, a: gaussian(rows * cols, 1, dtype) }),
    run: jacobi,
    check: svdError,
    work: () => ({}),
    peers: (peer, data) => peer.svdJacobi?.(data, 0),
  });

interface GradedData extends SvdData {
  /** The singular values to 25 digits. */
  readonly want: Float64Array;
}

/** Scales of the columns from 1 down to 10^−decades, shuffled. */
const graded = (dtype: FloatDtype, decades: number): Bench =>
  bench({
    name: `svd jacobi graded ${dtype}`,
    title: `a Gaussian matrix whose columns have shuffled scales 1 … 10^−${decades}; the error is the largest one of a singular value relative to itself, in units of 64n·u`,
    dtype,
    grid: [64, 128, 256].map((n) => ({ rows: n, cols: n })),
    setup({ rows, cols }): GradedData {
      const next = rng(2);
      const scales = Float64Array.from({ length: cols }, (_, j) => 10 ** ((-decades * j) / (cols - 1)));
      for (let j = cols - 1; j > 0; j--) {
        const k = Math.floor(next() * (j + 1));
        [scales[j], scales[k]] = [scales[k]!, scales[j]!];
      }
      const a = gaussian(rows * cols, 1, dtype).map((x, i) => x * scales[i % cols]!);
      return { dtype, rows, cols, a, want: referenceSingularValues(rows, cols, a) };
    },
    run: jacobi,
    check: (data: GradedData, result: SvdResult) => relativeValuesError(data, result, data.want),
    work: () => ({}),
    peers: (peer, data) => peer.svdJacobi?.(data, decades),
  });

export default [thin("f32"), thin("f64"), graded("f32", 6), graded("f64", 12)];
