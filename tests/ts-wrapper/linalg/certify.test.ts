import assert from "node:assert/strict";
import { test } from "node:test";
import { certifyBases, certifyEigh, certifyQr, certifySvd, certifyTriplets } from "../../../ts-wrapper/linalg/certify.ts";
import { gemm } from "../../../ts-wrapper/linalg/gemm.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { qr } from "../../../ts-wrapper/linalg/qr.ts";
import { randomizedSvd } from "../../../ts-wrapper/linalg/randomized-svd.ts";
import { svd } from "../../../ts-wrapper/linalg/svd.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, transposed, withSpectrum } from "../../support/matrices.ts";

/** The same with one element moved by δ. */
function moved(a: Matrix, at: number, delta: number): Matrix {
  const data = a.data.slice();
  data[at]! += delta;
  return { ...a, data };
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`certifySvd ${type} on ${name}: at most 1 for svd's results of every shape, above it once one number is off by 40·n·u·‖A‖`, () => {
      for (const [m, n] of [
        [30, 20],
        [20, 30],
        [1, 7],
        [7, 1],
        [300, 5],
      ] as const) {
        const a = normals(type, m, n, 1);
        for (const vectors of ["thin", "full"] as const) {
          const result = svd(engine, a, { vectors });
          const { residual, orthogonality } = certifySvd(engine, a, result);
          assert.ok(residual <= 1 && orthogonality <= 1, `${m}×${n} ${residual} ${orthogonality}`);
          const off = 40 * Math.max(m, n) * unit[type];
          const norm = Math.hypot(...a.data);
          const wrong = certifySvd(engine, a, { ...result, s: moved({ rows: 1, cols: 1, data: result.s }, 0, off * norm).data });
          assert.ok(wrong.residual > 1 && wrong.orthogonality <= 1, `${wrong.residual}`);
          const bent = certifySvd(engine, a, { ...result, u: moved(result.u, 0, off * Math.sqrt(result.u.cols)) });
          assert.ok(bent.orthogonality > 1 || Math.abs(result.u.data[0]!) < 0.5, `${bent.orthogonality}`);
        }
      }
      assert.equal(engine.live(), 0);
    });

    test(`certifyQr ${type} on ${name}: at most 1 for qr's results, above it for a wrong R or Q; what is below R's diagonal has no part`, () => {
      for (const [m, n] of [
        [30, 20],
        [20, 30],
        [1, 1],
      ] as const) {
        const a = normals(type, m, n, 2);
        const { q, r } = qr(engine, a);
        const { residual, orthogonality } = certifyQr(engine, a, { q, r });
        assert.ok(residual <= 1 && orthogonality <= 1);
        const off = 40 * Math.max(m, n) * unit[type] * Math.hypot(...a.data);
        assert.ok(certifyQr(engine, a, { q, r: moved(r, n - 1, off) }).residual > 1);
        if (r.rows > 1) assert.equal(certifyQr(engine, a, { q, r: moved(r, n, 5) }).residual, residual);
        assert.ok(
          certifyQr(engine, a, { q: { ...q, data: q.data.map((x) => x * (1 + 40 * Math.max(m, n) * unit[type])) } as Matrix, r })
            .orthogonality > 1,
        );
      }
    });

    test(`certifyEigh ${type} on ${name}: at most 1 for V·diag(w)·Vᵀ made from an SVD, above it for a wrong eigenvalue`, () => {
      const half = normals(type, 12, 12, 3);
      const a = gemm(engine, half, half, { transB: true });
      const { s, vt } = svd(engine, a);
      const v = transposed(vt);
      const { residual, orthogonality } = certifyEigh(engine, a, { w: s, v });
      assert.ok(residual <= 1 && orthogonality <= 1, `${residual} ${orthogonality}`);
      const w = s.map((x, i) => (i === 3 ? x * 1.1 : x)) as typeof s;
      assert.ok(certifyEigh(engine, a, { w, v }).residual > 1);
    });

    test(`certifyTriplets ${type} on ${name}: what randomizedSvd puts into its result with certify, at most 1 although A is not reproduced`, () => {
      const a = withSpectrum(
        type,
        60,
        50,
        Array.from({ length: 50 }, (_, i) => 0.9 ** i),
        4,
      );
      for (const options of [{ rank: 5 }, { tolerance: 0.1 }, { torchCompatible: { q: 4 } }]) {
        const { certificate, u, s, vt } = randomizedSvd(engine, a, { ...options, certify: true });
        assert.ok(certificate!.residual <= 1 && certificate!.orthogonality <= 1, JSON.stringify(certificate));
        const atu = gemm<Matrix["data"]>(engine, a, u, { transA: true });
        assert.deepEqual(certifyTriplets(engine, { u, s, vt }, atu), certificate);
        assert.ok(certifyTriplets(engine, { u, s, vt }, moved(atu, 0, 0.1)).residual > 1);
      }
      assert.equal(randomizedSvd(engine, a, { rank: 5 }).certificate, undefined);
    });
  }
}

const { engine } = builds[0]!;

test("certificates: zero is right exactly, NaN is no number below 1, an empty matrix has nothing to miss", () => {
  const zero = build("f64", 4, 3, () => 0);
  assert.equal(certifySvd(engine, zero, svd(engine, zero)).residual, 0);
  const a = normals("f64", 4, 3, 1);
  const result = svd(engine, a);
  assert.ok(!(certifySvd(engine, a, { ...result, u: moved(result.u, 0, Number.NaN) }).residual <= 1));
  const none = build("f64", 0, 3, () => 0);
  assert.deepEqual(certifySvd(engine, none, svd(engine, none)), { residual: 0, orthogonality: 0 });
  assert.ok(certifyBases(engine, result.u, result.vt) < 1e-14);
});

test("certificates refuse factors of another shape", () => {
  const a = normals("f64", 5, 4, 1);
  const { u, s, vt } = svd(engine, a);
  assert.throws(() => certifySvd(engine, normals("f64", 6, 4, 1), { u, s, vt }), { code: "SHAPE", message: /^certifySvd: / });
  assert.throws(() => certifySvd(engine, normals("f64", 5, 3, 1), { u, s, vt }), { code: "SHAPE" });
  assert.throws(() => certifyQr(engine, a, { q: u, r: u }), { code: "SHAPE", message: /R needs 4×4; got 5×4/ });
  assert.throws(() => certifyEigh(engine, a, { w: s, v: vt }), { code: "SHAPE" });
});
