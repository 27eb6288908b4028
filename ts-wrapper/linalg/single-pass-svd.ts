import type { Engine, FloatDtype, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { typed, zeros } from "./dense.ts";
import { gaussian } from "./gaussian.ts";
import { gemm } from "./gemm.ts";
import { lstsq } from "./lstsq.ts";
import { checkInteger, checkMatrix, type Fresh, type Matrix } from "./matrix.ts";
import { qr } from "./qr.ts";
import { type Svd, svd } from "./svd.ts";
import { truncate } from "./truncate.ts";

export interface SinglePassOptions {
  readonly rows: number;
  readonly cols: number;
  readonly dtype: FloatDtype;
  readonly rank: number;
  /** A whole number below 2³². Default 24301. */
  readonly seed?: number;
}

export interface SinglePassSvd<F extends Floats = Floats> {
  /** Adds a block of rows to A, which begins as zero: rows `first` … `first` + tile.rows − 1. A row may come in several parts. */
  update(tile: Matrix<F>, first: number): void;
  /** The leading `rank` triplets of the sum so far. */
  result(): Pick<Svd<F>, "u" | "s" | "vt">;
}

/**
 * Singular values and vectors of a matrix that goes by once: A is the sum of the updates, and none of them is kept.
 *
 *   Y = A·Ω   W = Ψ·A        Ω: n×k, Ψ: l×m normal; k = 2·rank + 1, l = 2k + 1, as far as there are columns and rows
 *   Y = Q·R   X = (Ψ·Q)⁺·W   A ≈ Q·X, cut to `rank`
 *
 * Tropp, Yurtsever, Udell & Cevher, SIMAX 38 (2017) 1454–1485, whose theorem 4.3 says for these sizes, on average and in Frobenius norms:
 * ‖A − Q·X‖² ≤ 4·Σ σᵢ² over i > rank. The cut adds at most the least error of that rank and ‖A − Q·X‖ once more. A matrix of rank ≤ `rank` is
 * reproduced to rounding. Kept are k·m + l·n elements, and Ω and Ψ, k·n + l·m.
 *
 * Throws `USAGE` for a rank or a seed that makes no sense, `SHAPE` and `DTYPE` for a tile that does not fit.
 */
export function singlePassSvd<F extends Floats>(engine: Engine, options: SinglePassOptions): SinglePassSvd<F> {
  const what = "singlePassSvd";
  const { rows: m, cols: n, dtype, rank, seed = 0x5eed } = options;
  if (!(m >= 1 && n >= 1)) throw new LowrankError("SHAPE", what, `A is ${m}×${n}, at least one row and one column were needed`);
  checkInteger(what, "rank", rank, 1, Math.min(m, n));
  checkInteger(what, "seed", seed, 0, 2 ** 32 - 1);
  const k = Math.min(2 * rank + 1, m, n);
  const l = Math.min(2 * k + 1, m);
  const next = gaussian(seed);
  const make = (rows: number, cols: number, f: () => number): Matrix<F> =>
    typed({ rows, cols, data: zeros(dtype, rows * cols).map(f) });
  const omega = make(n, k, next);
  const psiT = make(m, l, next); // Ψᵀ: the rows that a tile needs lie together
  const y = make(m, k, () => 0);
  let w = make(l, n, () => 0);
  return {
    update(tile, first) {
      const got = checkMatrix(what, "the tile", tile);
      if (got !== dtype) throw new LowrankError("DTYPE", what, `A is ${dtype}, so the tile must be too; got ${got}`);
      checkInteger(what, "first", first, 0, Number.MAX_SAFE_INTEGER);
      if (tile.cols !== n || first + tile.rows > m) {
        const is = `A is ${m}×${n}`;
        throw new LowrankError(
          "SHAPE",
          what,
          `${is}, so ${tile.rows}×${tile.cols} from row ${first} on do not fit; give ${n} columns within it`,
        );
      }
      if (tile.rows === 0) return;
      const part = gemm(engine, tile, omega).data;
      for (let i = 0, at = first * k; i < part.length; i++, at++) y.data[at]! += part[i]!;
      const psi = { rows: tile.rows, cols: l, data: psiT.data.subarray(first * l, (first + tile.rows) * l) as F };
      w = typed(gemm(engine, psi, tile, { transA: true, c: w }));
    },
    result() {
      const q = typed<F>(qr(engine, y).q);
      const psiQ = typed<F>(gemm(engine, psiT, q, { transA: true }));
      const x = typed<F>(lstsq(engine, psiQ, w).x);
      const { u, s, vt } = truncate(svd(engine, x), { rank });
      return { u: gemm(engine, q, typed<F>(u)), s: s as Fresh<F>, vt: vt as Matrix<Fresh<F>> };
    },
  };
}
