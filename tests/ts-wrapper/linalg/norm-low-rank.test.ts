import assert from "node:assert/strict";
import { test } from "node:test";
import { gemm } from "../../../ts-wrapper/linalg/gemm.ts";
import { normLowRank } from "../../../ts-wrapper/linalg/norm-low-rank.ts";
import { norm } from "../../../ts-wrapper/linalg/norms.ts";
import { svd } from "../../../ts-wrapper/linalg/svd.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { normals } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`normLowRank ${type} on ${name}: both norms of B·A − 2·D·C are those of the formed matrix within 500u`, () => {
      const [b, a, d, c] = [normals(type, 30, 3, 1), normals(type, 3, 20, 2), normals(type, 30, 2, 3), normals(type, 2, 20, 4)];
      const dense = gemm(engine, d, c, { alpha: -2, c: gemm(engine, b, a) });
      const terms = [
        { b, a },
        { b: d, a: c, scale: -2 },
      ];
      const close = (got: number, want: number): void =>
        assert.ok(Math.abs(got / want - 1) <= 500 * unit[type], `${got} ${want}`);
      close(normLowRank(engine, terms), norm(dense, "frobenius"));
      close(normLowRank(engine, terms, "spectral"), svd(engine, dense, { vectors: "none" }).s[0]!);
      close(normLowRank(engine, { b, a, scale: -3 }), 3 * norm(gemm(engine, b, a), "frobenius"));
      assert.throws(() => normLowRank(engine, terms, "one" as "spectral"), {
        code: "USAGE",
        message: 'normLowRank: kind is "one", one of frobenius, spectral was needed',
      });
      assert.equal(engine.live(), 0);
    });
  }
}
