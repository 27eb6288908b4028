import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { copyMatrixIn } from "../../../ts-wrapper/linalg/matrix.ts";
import { qr } from "../../../ts-wrapper/linalg/qr.ts";
import { factorQr, formQ } from "../../../ts-wrapper/linalg/qr-blocked.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { normals, orthonormalityError, transposed } from "../../support/matrices.ts";

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [m, n] of [
      [70, 70],
      [130, 33],
      [40, 75],
      [65, 64],
    ] as const) {
      test(`factorQr and formQ ${type} ${m}×${n} on ${name}: columns of Q·R within 4·max(m, n)·u, all m columns of Q orthonormal, first build's bits`, () => {
        const a = normals(type, m, n, m + n);
        const bound = 4 * Math.max(m, n) * unit[type];
        const thin = qr(engine, a);
        for (let j = 0; j < n; j++) {
          let [error, length] = [0, 0];
          for (let i = 0; i < m; i++) {
            let rest = a.data[i * n + j]!;
            for (let k = 0; k < thin.r.rows; k++) rest -= thin.q.data[i * thin.q.cols + k]! * thin.r.data[k * n + j]!;
            error += rest ** 2;
            length += a.data[i * n + j]! ** 2;
          }
          assert.ok(Math.sqrt(error / length) <= bound, `column ${j}: ${Math.sqrt(error / length)}`);
        }
        const full = engine.scope((s) => {
          const at = copyMatrixIn(engine, s, transposed(a));
          const p = Math.min(m, n);
          const q = formQ(engine, s, type, at, p, factorQr(engine, s, type, at), m);
          const rows = Array.from({ length: m }, (_, i) =>
            Array.from(s.copyOut(q.ptr, m * q.ld, type).subarray(i * q.ld, i * q.ld + m)),
          );
          return { rows: m, cols: m, data: floatsOf(type, rows.flat()) };
        });
        assert.ok(orthonormalityError(full, "rows") <= bound, `${orthonormalityError(full, "rows")}`);
        if (!isDeterministic(name)) return;
        const key = `${type} ${m} ${n}`;
        const bits = floatsOf(type, [...full.data, ...thin.r.data]);
        same(bits, first.get(key) ?? first.set(key, bits).get(key)!, name);
      });
    }
  }
}
