import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same, u32, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { lengths } from "../../support/floats.ts";
import { call, f32Of } from "../../support/quant.ts";
import { normal, type Rng, rng } from "../../support/rng.ts";

const f = Math.fround;

/** Rows of n bytes and their scales. */
function matrix(rows: number, n: number, next: Rng): { q: Int8Array; s: Float32Array } {
  return {
    q: Int8Array.from({ length: rows * n }, () => Math.floor(next() * 256) - 128),
    s: Float32Array.from({ length: rows }, () => next() - 0.5),
  };
}

function products(
  engine: Engine,
  m: number,
  n: number,
  rows: number,
  next: Rng,
  extreme = false,
): { y: Float32Array; want: number[] } {
  const w = matrix(rows, n, next);
  const x = matrix(m, n, next);
  if (extreme) {
    w.q.fill(-128);
    x.q.fill(-127);
  }
  const args = (out: number, p: number, s: number, q: number, t: number): number[] => [m, n, p, s, q, t, out, rows];
  const y = f32Of(call(engine, "gemm_i8_i8", [w.q, w.s, x.q, x.s], m * rows * 4, rows, args, 4));
  const want = Array.from({ length: m * rows }, (_, k) => {
    const [r, i] = [Math.floor(k / rows), k % rows];
    let sum = 0;
    for (let j = 0; j < n; j++) sum += w.q[i * n + j]! * x.q[r * n + j]!;
    return sum * w.s[i]! * x.s[r]!;
  });
  return { y, want };
}

for (const { name, engine } of builds) {
  test(`gemm_i8_i8 on ${name}: every element within 4u of the exact one, for every n and every shape of tile`, () => {
    const next = rng(121);
    for (const n of lengths) {
      for (const [m, rows] of [
        [1, 1],
        [1, 4],
        [1, 6],
        [3, 5],
        [4, 2],
        [5, 19],
        [8, 3],
      ] as const) {
        const { y, want } = products(engine, m, n, rows, next);
        within(
          y,
          want,
          want.map((v) => 4 * u32 * Math.abs(v)),
          `${m}, ${n}, ${rows}`,
        );
      }
    }
  });

  test(`gemm_i8_i8 on ${name}: sums of the largest products stay exact up to n = 131071`, () => {
    const { y, want } = products(engine, 4, 131071, 2, rng(122), true);
    within(
      y,
      want,
      want.map((v) => 4 * u32 * Math.abs(v)),
      "y",
    );
    const one = products(engine, 1, 131071, 4, rng(123), true);
    within(
      one.y,
      one.want,
      one.want.map((v) => 4 * u32 * Math.abs(v)),
      "y",
    );
  });

  test(`gemv_i8_i8 on ${name}: the bits of gemm, and of any split of the rows`, () => {
    const next = rng(124);
    const [n, rows] = [45, 7];
    const w = matrix(rows, n, next);
    const x = matrix(5, n, next);
    const args = (out: number, p: number, s: number, q: number, t: number): number[] => [5, n, p, s, q, t, out, rows];
    const all = f32Of(call(engine, "gemm_i8_i8", [w.q, w.s, x.q, x.s], 5 * rows * 4, rows, args, rows));
    const operands = [
      operand("w", w.q),
      operand("s", w.s),
      operand("x", x.q.subarray(0, n)),
      operand("t", x.s.subarray(0, 1)),
      operand("y", new Float32Array(rows).fill(-1)),
    ];
    for (const [i0, i1] of [
      [0, 7],
      [1, 6],
      [3, 3],
      [6, 7],
    ] as const) {
      const after = fenced(engine, operands, (p, s, q, t, y) => engine.wasm.gemv_i8_i8(n, p!, s!, q!, t!, y!, i0, i1));
      same(
        f32Of(after[4]!),
        all.subarray(0, rows).map((v, i) => (i >= i0 && i < i1 ? v : -1)),
        `rows ${i0} to ${i1}`,
      );
    }
    const many = [
      operand("w", w.q),
      operand("s", w.s),
      operand("x", x.q),
      operand("t", x.s),
      operand("y", new Float32Array(5 * rows).fill(-1)),
    ];
    const after = fenced(engine, many, (p, s, q, t, y) => engine.wasm.gemm_i8_i8(5, n, p!, s!, q!, t!, y!, rows, 2, 5));
    same(
      f32Of(after[4]!),
      all.map((v, k) => (k % rows >= 2 && k % rows < 5 ? v : -1)),
      "gemm",
    );
  });

  test(`encode_i8 and decode_i8 on ${name}: codes by the formula, weights back within half a step, nothing else touched`, () => {
    const next = rng(125);
    for (const n of lengths) {
      const ld = n + 2;
      const x = Float32Array.from(normal(3 * ld, next), (v, i) => v * 10 ** Math.floor(i / ld));
      const held = [operand("x", x), operand("q", new Uint8Array(3 * n).fill(9)), operand("s", new Float32Array(3).fill(9))];
      const [, q, s] = fenced(engine, held, (p, y, z) => engine.wasm.encode_i8_f32(n, p!, ld, y!, z!, 1, 3));
      const scales = f32Of(s!);
      assert.ok(q!.subarray(0, n).every((b) => b === 9) && scales[0] === 9);
      for (let i = 1; i < 3; i++) {
        const row = x.subarray(i * ld, i * ld + n);
        assert.equal(scales[i], n ? f(Math.max(...row.map(Math.abs)) / 127) : 0);
      }
      const codes = new Int8Array(q!.buffer, q!.byteOffset);
      scales[0] = 0;
      const back = [operand("q", codes), operand("s", scales), operand("y", new Float32Array(2 * ld + n).fill(7))];
      const [, , y] = fenced(engine, back, (p, z, r) => engine.wasm.decode_i8_f32(n, p!, z!, r!, ld, 1, 3));
      f32Of(y!).forEach((v, k) => {
        const [i, j] = [Math.floor(k / ld), k % ld];
        if (i === 0 || j >= n) assert.equal(v, 7);
        else {
          assert.equal(v, f(codes[i * n + j]! * scales[i]!));
          assert.ok(Math.abs(v - x[k]!) <= scales[i]! * (0.5 + 127 * 2 ** -22) * (1 + 2 ** -22));
        }
      });
    }
  });

  test(`encode_i8 on ${name}: halves round to even; zeros and what is below 2^−120 are zeros; NaN and Inf pass to the scale`, () => {
    const rows = [
      [127, 0.5, 1.5, 2.5, -0.5, -1.5],
      [0, -0, 0, 0, 0, 0],
      [2 ** -121, 0, 0, 0, 0, 0],
      [1, 2, Number.NaN, 3, 4, 5],
      [1, 2, 3, 4, 5, Number.NEGATIVE_INFINITY],
    ];
    const x = Float32Array.from(rows.flat());
    const out = call(engine, "encode_i8_f32", [x], 30 + 2 + 20, 5, (p, src) => [6, src, 6, p, p + 32]);
    assert.deepEqual([...new Int8Array(out.buffer, 0, 6)], [127, 0, 2, 2, 0, -2]);
    assert.ok(out.subarray(6, 30).every((b) => b === 0));
    assert.deepEqual([...f32Of(out.subarray(32))], [1, 0, 0, Number.NaN, Number.POSITIVE_INFINITY]);
  });
}
