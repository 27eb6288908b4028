// emlapack: CLAPACK compiled to asm.js. Its DGESVJ is the one-sided Jacobi method, the one in JavaScript that has small
// singular values right relative to themselves. Its heap holds 16 MB, enough up to 256×256. Its SGESVJ gives NaN in asm.js.
import type { Contestant } from "../bench.ts";
import type { SvdData, SvdResult } from "../operations.ts";
import { load, versionOf } from "./load.ts";
import type { PeerDefinition } from "./peer.ts";

interface Emlapack {
  readonly HEAPF64: Float64Array;
  readonly HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _free(p: number): void;
  _dgesvj_(...p: number[]): number;
}

const LARGEST = 256;

export const emlapack: PeerDefinition = {
  name: "emlapack",
  async start({ files }) {
    if (files && navigator.userAgent.includes("Firefox")) throw new Error("its asm.js takes minutes for one step in Firefox");
    const { default: lapack } = await load<{ default: Emlapack }>("emlapack");
    return {
      name: this.name,
      version: await versionOf(this.name),
      build: "gesvj",
      threads: 1,
      operations: {
        svd: (data) => gesvj(lapack, data),
        svdJacobi: (data) => gesvj(lapack, data),
      },
    };
  },
};

/** A square row-major A is Aᵀ to Fortran: its U is our V. */
function gesvj(lapack: Emlapack, { dtype, rows: n, cols, a }: SvdData): Contestant<SvdResult> | undefined {
  if (dtype !== "f64" || n !== cols || n > LARGEST) return undefined;
  const blocks: number[] = [];
  const room = (bytes: number): number => {
    const p = lapack._malloc(bytes);
    blocks.push(p);
    return p;
  };
  const number = (value: number): number => {
    const p = room(8);
    lapack.HEAP32[p >> 2] = value;
    return p;
  };
  const letter = (text: string): number => number(text.charCodeAt(0));
  const matrix = room(n * n * 8);
  const [values, vectors, info] = [room(n * 8), room(n * n * 8), number(0)];
  const work = room(Math.max(6, 2 * n) * 8);
  const args = [letter("G"), letter("U"), letter("V"), number(n), number(n), matrix, number(n)];
  args.push(values, number(n), vectors, number(n), work, number(Math.max(6, 2 * n)), info);
  const read = (p: number, count: number) => lapack.HEAPF64.slice(p / 8, p / 8 + count);
  return {
    step() {
      lapack.HEAPF64.set(a, matrix / 8);
      lapack._dgesvj_(...args);
    },
    result() {
      const v = read(matrix, n * n); // column-major U of Aᵀ: its rows in memory are the columns of V, so this is Vᵀ
      const ut = read(vectors, n * n);
      const u = ut.map((_, at) => ut[(at % n) * n + Math.floor(at / n)]!);
      return { u, s: read(values, n), vt: v };
    },
    [Symbol.dispose]() {
      for (const p of blocks) lapack._free(p);
    },
  };
}
