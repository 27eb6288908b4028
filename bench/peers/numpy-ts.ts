// numpy-ts: NumPy's interface over kernels in wasm. Arrays stay in its memory.
import type { Floats } from "../../ts-wrapper/engine/engine.ts";
import type { Contestant } from "../bench.ts";
import type { GemmData, GemvData, SvdData, SvdResult, SystemData } from "../operations.ts";
import { transposed } from "./arrays.ts";
import { load, versionOf } from "./load.ts";
import type { PeerDefinition } from "./peer.ts";

interface NDArray {
  readonly data: Floats;
  reshape(...shape: number[]): NDArray;
  tolist(): unknown;
  dispose(): void;
}

interface Numpy {
  array(data: Floats, dtype: string): NDArray;
  matmul(a: NDArray, b: NDArray): NDArray;
  readonly linalg: {
    svd(a: NDArray, fullMatrices: boolean): { u: NDArray; s: NDArray; vt: NDArray };
    cholesky(a: NDArray): NDArray;
    solve(a: NDArray, b: NDArray): NDArray;
  };
}

export const numpyTs: PeerDefinition = {
  name: "numpy-ts",
  async start() {
    const np = await load<Numpy>("numpy-ts");
    const matrix = (data: Floats, ...shape: number[]): NDArray =>
      np.array(data, data instanceof Float32Array ? "float32" : "float64").reshape(...shape);
    /** Row-major values, whatever the order in which the array keeps them. */
    const values = (a: NDArray): number[] => (a.tolist() as number[] | number[][]).flat();
    const making = (operands: readonly NDArray[], make: () => NDArray, note = ""): Contestant<Floats> => {
      let last: NDArray | undefined;
      return {
        note,
        step() {
          last?.dispose();
          last = make();
        },
        result: () => Float64Array.from(values(last!)),
        [Symbol.dispose]() {
          for (const x of [...operands, last]) x?.dispose();
        },
      };
    };
    const product = (a: NDArray, b: NDArray, note = ""): Contestant<Floats> => making([a, b], () => np.matmul(a, b), note);
    return {
      name: this.name,
      version: await versionOf(this.name),
      build: "wasm",
      threads: 1,
      operations: {
        gemm: ({ m, n, k, transB, a, b }: GemmData) =>
          product(matrix(a, m, k), matrix(transB ? transposed(b, n, k) : b, k, n), transB ? "W stored k×n" : ""),
        gemv: ({ m, n, a, x }: GemvData) => product(matrix(a, m, n), matrix(x, n)),
        cholesky({ n, a }: SystemData) {
          const source = matrix(a, n, n);
          return making([source], () => np.linalg.cholesky(source));
        },
        solve({ n, count, a, b }: SystemData) {
          const [source, right] = [matrix(a, n, n), matrix(b, n, count)];
          return making([source, right], () => np.linalg.solve(source, right));
        },
        svd({ rows, cols, a }: SvdData): Contestant<SvdResult> {
          const source = matrix(a, rows, cols);
          let last: ReturnType<Numpy["linalg"]["svd"]> | undefined;
          return {
            step() {
              last = np.linalg.svd(source, false);
            },
            result: () => ({ u: values(last!.u), s: values(last!.s), vt: values(last!.vt) }),
          };
        },
      },
    };
  },
};
