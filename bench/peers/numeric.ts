// numeric: plain JavaScript on arrays of arrays, f64. It compiles functions from text, which a page with a strict policy forbids.
import type { Floats } from "../../ts-wrapper/engine/engine.ts";
import type { Contestant } from "../bench.ts";
import type { GemmData, SvdData, SvdResult } from "../operations.ts";
import { arrays, sortedSvd } from "./arrays.ts";
import { load, versionOf } from "./load.ts";
import type { PeerDefinition } from "./peer.ts";

interface Numeric {
  dot(a: number[][], b: number[][]): number[][];
  transpose(a: number[][]): number[][];
  svd(a: number[][]): { readonly U: number[][]; readonly S: number[]; readonly V: number[][] };
}

/** Larger products take seconds. */
const MOST_FLOPS = 2 * 512 ** 3;

export const numeric: PeerDefinition = {
  name: "numeric",
  async start() {
    const { default: numeric } = await load<{ default: Numeric }>("numeric");
    return {
      name: this.name,
      version: await versionOf(this.name),
      build: "",
      threads: 1,
      operations: {
        gemm({ dtype, m, n, k, transB, a, b }: GemmData): Contestant<Floats> | undefined {
          if (dtype !== "f64" || 2 * m * n * k > MOST_FLOPS) return undefined;
          const left = arrays(a, m, k);
          const right = transB ? numeric.transpose(arrays(b, n, k)) : arrays(b, k, n);
          let last: number[][] = [];
          return {
            step() {
              last = numeric.dot(left, right);
            },
            result: () => Float64Array.from(last.flat()),
          };
        },
        svd({ dtype, rows, cols, a }: SvdData): Contestant<SvdResult> | undefined {
          if (dtype !== "f64" || rows < cols) return undefined;
          const source = arrays(a, rows, cols);
          let last: ReturnType<Numeric["svd"]> | undefined;
          return {
            step() {
              last = numeric.svd(source);
            },
            result: () => sortedSvd(last!.U, last!.S, last!.V),
          };
        },
      },
    };
  },
};
