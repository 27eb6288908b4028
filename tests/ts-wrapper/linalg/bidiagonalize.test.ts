import assert from "node:assert/strict";
import { test } from "node:test";
import { bidiagonalize } from "../../../ts-wrapper/linalg/bidiagonalize.ts";
import { applyReflections } from "../../../ts-wrapper/linalg/block-reflector.ts";
import { copyMatrixIn, copyMatrixOut, part, place, setOnes } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { normals, orthonormalityError, withSpectrum } from "../../support/matrices.ts";

const first = new Map<string, Float64Array>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [m, n] of [
      [1, 1],
      [3, 0],
      [16, 16],
      [17, 16],
      [40, 33],
      [61, 61],
    ] as const) {
      test(`bidiagonalize ${type} ${m}×${n} on ${name}: Q·B·Pᵀ within 4(m + n)·u·‖A‖, Q and P orthonormal to it, first build's bits`, () => {
        const a = normals(type, m, n, m * 2 + n);
        const size = type === "f32" ? 4 : 8;
        const { d, e, q, p } = engine.scope((s) => {
          const b = bidiagonalize(engine, s, type, copyMatrixIn(engine, s, a));
          const square = (order: number) => {
            const eye = place(s, order, order, size);
            engine.u8(eye.ptr, order * order * size).fill(0);
            setOnes(engine, type, eye, 0);
            return eye;
          };
          const [left, right] = [square(m), square(n)];
          applyReflections(engine, type, b.left, n, b.leftFactors, left);
          if (n > 1) applyReflections(engine, type, b.right, n - 1, b.rightFactors, part(right, size, 0, 1));
          return { d: b.d, e: b.e, q: copyMatrixOut(s, left, type), p: copyMatrixOut(s, right, type) };
        });
        assert.deepEqual([d.length, e.length], [n, Math.max(0, n - 1)]);
        const bound = 4 * (m + n) * unit[type];
        assert.ok(orthonormalityError(q, "rows") <= bound && orthonormalityError(p, "rows") <= bound);
        const norm = Math.hypot(...a.data);
        // Row k of q is column k of Q, row k of p column k of P.
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < n; k++) {
              const right = d[k]! * p.data[k * n + j]! + (k + 1 < n ? e[k]! * p.data[(k + 1) * n + j]! : 0);
              sum += q.data[k * m + i]! * right;
            }
            assert.ok(Math.abs(sum - a.data[i * n + j]!) <= bound * norm, `(${i}, ${j}): ${sum}`);
          }
        }
        if (!isDeterministic(name)) return;
        const bits = Float64Array.of(...d, ...e, ...q.data, ...p.data);
        const key = `${type} ${m} ${n}`;
        same(bits, first.get(key) ?? first.set(key, bits).get(key)!, name);
      });
    }
  }
}

test("bidiagonalize: a matrix large enough for the threads to share the passes has the bits of one thread", () => {
  const engines = builds.filter(({ name }) => name === "simd" || name === "simd-threads");
  const a = withSpectrum("f32", 1030, 1030, [3, 2, 1, 0.5], 5);
  const results = engines.map(({ engine }) =>
    engine.scope((s) => {
      const { d, e } = bidiagonalize(engine, s, "f32", copyMatrixIn(engine, s, a));
      return Float64Array.of(...d, ...e);
    }),
  );
  for (const r of results) same(r, results[0]!, "threads");
});
