// ml-matrix: plain JavaScript, f64.
import type { Floats } from "../../ts-wrapper/engine/engine.ts";
import type { Contestant } from "../bench.ts";
import type { EighData, EighResult, GemmData, GemvData, SvdBatchData, SvdData, SvdResult, SystemData } from "../operations.ts";
import { load, versionOf } from "./load.ts";
import type { PeerDefinition } from "./peer.ts";

interface Matrix {
  mmul(other: Matrix): Matrix;
  transpose(): Matrix;
  to1DArray(): number[];
}

interface Decomposition {
  readonly leftSingularVectors: Matrix;
  readonly rightSingularVectors: Matrix;
  readonly diagonal: number[];
}

interface Eigendecomposition {
  readonly realEigenvalues: number[];
  readonly eigenvectorMatrix: Matrix;
}

interface MlMatrix {
  readonly CholeskyDecomposition: new (a: Matrix) => { readonly lowerTriangularMatrix: Matrix };
  solve(a: Matrix, b: Matrix): Matrix;
  readonly EigenvalueDecomposition: new (a: Matrix, options: object) => Eigendecomposition;
  readonly Matrix: { from1DArray(rows: number, cols: number, data: ArrayLike<number>): Matrix };
  readonly SingularValueDecomposition: new (a: Matrix, options: object) => Decomposition;
}

/** Larger products take seconds. */
const MOST_FLOPS = 2 * 512 ** 3;

export const mlMatrix: PeerDefinition = {
  name: "ml-matrix",
  async start() {
    const {
      Matrix: matrices,
      SingularValueDecomposition,
      CholeskyDecomposition,
      EigenvalueDecomposition,
      solve,
    } = await load<MlMatrix>("ml-matrix");
    const matrix = (rows: number, cols: number, data: Floats): Matrix => matrices.from1DArray(rows, cols, data);
    const making = (make: () => Matrix): Contestant<Floats> => {
      let last: Matrix | undefined;
      return {
        step() {
          last = make();
        },
        result: () => Float64Array.from(last!.to1DArray()),
      };
    };
    const product = (a: Matrix, b: Matrix): Contestant<Floats> => making(() => a.mmul(b));
    return {
      name: this.name,
      version: await versionOf(this.name),
      build: "",
      threads: 1,
      operations: {
        gemm({ dtype, m, n, k, transB, a, b }: GemmData) {
          if (dtype !== "f64" || 2 * m * n * k > MOST_FLOPS) return undefined;
          return product(matrix(m, k, a), transB ? matrix(n, k, b).transpose() : matrix(k, n, b));
        },
        gemv({ dtype, m, n, a, x }: GemvData) {
          return dtype === "f64" ? product(matrix(m, n, a), matrix(n, 1, x)) : undefined;
        },
        cholesky({ dtype, n, a }: SystemData) {
          if (dtype !== "f64") return undefined;
          const source = matrix(n, n, a);
          return making(() => new CholeskyDecomposition(source).lowerTriangularMatrix);
        },
        solve({ dtype, n, count, a, b }: SystemData) {
          if (dtype !== "f64") return undefined;
          const [source, right] = [matrix(n, n, a), matrix(n, count, b)];
          return making(() => solve(source, right));
        },
        /** It computes in f64 whatever the input: one matrix only where that is asked for, many in a loop for both types. */
        eigh({ dtype, n, count, a }: EighData): Contestant<EighResult> | undefined {
          if (dtype !== "f64" && count === 1) return undefined;
          const sources = Array.from({ length: count }, (_, k) => matrix(n, n, a.subarray(k * n * n, (k + 1) * n * n)));
          let last: Eigendecomposition[] = [];
          return {
            note: dtype === "f64" ? "" : "f64",
            step() {
              last = sources.map((source) => new EigenvalueDecomposition(source, { assumeSymmetric: true }));
            },
            result: () => ({
              w: last.flatMap((one) => one.realEigenvalues),
              v: last.flatMap((one) => one.eigenvectorMatrix.to1DArray()),
            }),
          };
        },
        svdBatch({ dtype, n, count, a }: SvdBatchData): Contestant<SvdResult> {
          const sources = Array.from({ length: count }, (_, k) => matrix(n, n, a.subarray(k * n * n, (k + 1) * n * n)));
          let last: Decomposition[] = [];
          return {
            note: dtype === "f64" ? "" : "f64",
            step() {
              last = sources.map((source) => new SingularValueDecomposition(source, { autoTranspose: true }));
            },
            result: () => ({
              u: last.flatMap((one) => one.leftSingularVectors.to1DArray()),
              s: last.flatMap((one) => one.diagonal),
              vt: last.flatMap((one) => one.rightSingularVectors.transpose().to1DArray()),
            }),
          };
        },
        svd({ dtype, rows, cols, a }: SvdData): Contestant<SvdResult> | undefined {
          if (dtype !== "f64") return undefined;
          const source = matrix(rows, cols, a);
          let last: Decomposition | undefined;
          return {
            step() {
              last = new SingularValueDecomposition(source, { autoTranspose: true });
            },
            result: () => ({
              u: last!.leftSingularVectors.to1DArray(),
              s: last!.diagonal,
              vt: last!.rightSingularVectors.transpose().to1DArray(),
            }),
          };
        },
      },
    };
  },
};
