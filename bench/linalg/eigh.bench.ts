import type { FloatDtype } from "../../ts-wrapper/engine/engine.ts";
import { type Eigh, eigh } from "../../ts-wrapper/linalg/eigh.ts";
import { type EighBatch, eighBatched } from "../../ts-wrapper/linalg/eigh-batched.ts";
import { type SvdBatch, svdBatched } from "../../ts-wrapper/linalg/svd-batched.ts";
import { type Bench, bench } from "../bench.ts";
import { eighError, svdBatchError } from "../checks.ts";
import { gaussian } from "../inputs.ts";
import type { EighData, EighResult, SvdBatchData, SvdResult } from "../operations.ts";

/** G + Gᵀ of Gaussian matrices. */
function symmetric({ n, count = 1 }: { readonly n: number; readonly count?: number }, dtype: FloatDtype): EighData {
  const a = gaussian(count * n * n, 1, dtype);
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const [at, opposite] = [(k * n + i) * n + j, (k * n + j) * n + i];
        a[at] = a[opposite] = a[at]! + a[opposite]!;
      }
    }
  }
  return { dtype, n, count, a };
}

const whole = (dtype: FloatDtype): Bench =>
  bench({
    name: `eigh ${dtype}`,
    title: "eigenvalues and eigenvectors of a symmetric Gaussian matrix, copied in and out",
    dtype,
    grid: [16, 64, 128, 256, 512].map((n) => ({ n })),
    setup: (point) => symmetric(point, dtype),
    run(engine, { n, a }) {
      let last: Eigh | undefined;
      return {
        step() {
          last = eigh(engine, { rows: n, cols: n, data: a });
        },
        result: (): EighResult => ({ w: last!.w, v: last!.v.data }),
      };
    },
    check: eighError,
    work: () => ({}),
    peers: (peer, data) => peer.eigh?.(data),
  });

const sizes = [
  { n: 8, count: 10000 },
  { n: 16, count: 10000 },
  { n: 32, count: 1000 },
] as const;

const many = (dtype: FloatDtype): Bench =>
  bench({
    name: `eigh of many ${dtype}`,
    title:
      "eigenvalues and eigenvectors of small symmetric Gaussian matrices, all in one call, copied in and out; peers in a loop",
    dtype,
    grid: sizes,
    setup: (point) => symmetric(point, dtype),
    run(engine, { n, count, a }) {
      let last: EighBatch | undefined;
      return {
        step() {
          last = eighBatched(engine, { count, rows: n, cols: n, data: a });
        },
        result: (): EighResult => ({ w: last!.w, v: last!.v.data }),
      };
    },
    check: eighError,
    work: () => ({}),
    peers: (peer, data) => peer.eigh?.(data),
  });

const manySvds = (dtype: FloatDtype): Bench =>
  bench({
    name: `svd of many ${dtype}`,
    title: "U, s and Vᵀ of small square Gaussian matrices, all in one call, copied in and out; peers in a loop",
    dtype,
    grid: sizes,
    setup: ({ n, count }): SvdBatchData => ({ dtype, n, count, a: gaussian(count * n * n, 1, dtype) }),
    run(engine, { n, count, a }) {
      let last: SvdBatch | undefined;
      return {
        step() {
          last = svdBatched(engine, { count, rows: n, cols: n, data: a });
        },
        result: (): SvdResult => ({ u: last!.u.data, s: last!.s, vt: last!.vt.data }),
      };
    },
    check: svdBatchError,
    work: () => ({}),
    peers: (peer, data) => peer.svdBatch?.(data),
  });

export default [whole("f32"), whole("f64"), many("f32"), many("f64"), manySvds("f32"), manySvds("f64")];
