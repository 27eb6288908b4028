// svd-js: Golub and Reinsch in plain JavaScript, f64, rows ≥ columns.
import type { Contestant } from "../bench.ts";
import type { SvdData, SvdResult } from "../operations.ts";
import { arrays, sortedSvd } from "./arrays.ts";
import { load, versionOf } from "./load.ts";
import type { PeerDefinition } from "./peer.ts";

interface SvdJs {
  SVD(a: number[][]): { readonly u: number[][]; readonly q: number[]; readonly v: number[][] };
}

export const svdJs: PeerDefinition = {
  name: "svd-js",
  async start() {
    const module = await load<SvdJs & { readonly default?: SvdJs }>("svd-js");
    const SVD = module.SVD ?? module.default?.SVD; // a bundler may leave names to the default export
    return {
      name: this.name,
      version: await versionOf(this.name),
      build: "",
      threads: 1,
      operations: {
        svd({ dtype, rows, cols, a }: SvdData): Contestant<SvdResult> | undefined {
          if (dtype !== "f64" || rows < cols) return undefined;
          const source = arrays(a, rows, cols);
          let last: ReturnType<SvdJs["SVD"]> | undefined;
          return {
            step() {
              last = SVD(source);
            },
            result: () => sortedSvd(last!.u, last!.q, last!.v),
          };
        },
      },
    };
  },
};
