import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { gamma, same, u32, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { lengths } from "../../support/floats.ts";
import { bytesOf, call, f32Of } from "../../support/quant.ts";
import { decodeF8, float8Types } from "../../support/reference-quant.ts";
import { normal, type Rng, rng } from "../../support/rng.ts";
import { decodeBf16, decodeF16 } from "../../support/stored.ts";

interface Kind {
  readonly type: "f16" | "bf16" | "f8_e4m3" | "f8_e5m2";
  readonly decode: (bits: number) => number;
  /** Random finite patterns. */
  readonly make: (n: number, next: Rng) => Uint8Array | Uint16Array;
}

const kinds: readonly Kind[] = [
  {
    type: "f16",
    decode: decodeF16,
    make: (n, next) => Uint16Array.from({ length: n }, () => Math.floor(next() * 0x7800) | (next() < 0.5 ? 0x8000 : 0)),
  },
  {
    type: "bf16",
    decode: decodeBf16,
    make: (n, next) => Uint16Array.from({ length: n }, () => (0x3e00 + Math.floor(next() * 0x200)) | (next() < 0.5 ? 0x8000 : 0)),
  },
  {
    type: "f8_e4m3",
    decode: (b) => decodeF8(float8Types.f8_e4m3, b),
    make: (n, next) => Uint8Array.from({ length: n }, () => Math.floor(next() * 0x7f) | (next() < 0.5 ? 0x80 : 0)),
  },
  {
    type: "f8_e5m2",
    decode: (b) => decodeF8(float8Types.f8_e5m2, b),
    make: (n, next) => Uint8Array.from({ length: n }, () => Math.floor(next() * 0x7c) | (next() < 0.5 ? 0x80 : 0)),
  },
];

for (const { name, engine } of builds) {
  for (const { type, decode, make } of kinds) {
    test(`gemv_${type}_f32 on ${name}: every row within (n/8 + 7)·u of the exact sum, for every n and leading dimension`, () => {
      const next = rng(111);
      for (const n of lengths) {
        for (const ldw of [n, n + 3]) {
          const w = make(3 * ldw, next);
          const x = Float32Array.from(normal(n, next));
          const y = f32Of(call(engine, `gemv_${type}_f32`, [w, x], 12, 3, (out, p, q) => [n, p, ldw, q, out]));
          const rows = [0, 1, 2].map((i) => Array.from(x, (v, j) => v * decode(w[i * ldw + j]!)));
          const bound = rows.map((p) => gamma(n / 8 + 7, u32) * p.reduce((s, v) => s + Math.abs(v), 0));
          within(
            y,
            rows.map((p) => p.reduce((s, v) => s + v, 0)),
            bound,
            `n = ${n}`,
          );
        }
      }
    });

    test(`gemm_${type}_f32 on ${name}: the bits of gemv for each row of x`, () => {
      const next = rng(112);
      const [n, rows] = [37, 2];
      const w = make(rows * n, next);
      for (const m of [1, 3, 4, 6]) {
        const x = Float32Array.from(normal(m * n, next));
        const y = f32Of(
          call(engine, `gemm_${type}_f32`, [w, x], m * rows * 4, rows, (out, p, q) => [m, n, p, n, q, n, out, rows]),
        );
        for (let r = 0; r < m; r++) {
          const want = call(engine, `gemv_${type}_f32`, [w, x.subarray(r * n, (r + 1) * n)], rows * 4, rows, (out, p, q) => [
            n,
            p,
            n,
            q,
            out,
          ]);
          same(y.subarray(r * rows, (r + 1) * rows), f32Of(want), `row ${r} of ${m}`);
        }
      }
    });

    test(`gemm_${type}_f32 on ${name}: touches nothing beyond the last byte, and rows i0 to i1 alone`, () => {
      const next = rng(113);
      const [n, m] = [13, 5];
      const w = make(3 * n, next);
      const x = Float32Array.from(normal(m * n, next));
      const whole = f32Of(call(engine, `gemm_${type}_f32`, [w, x], m * 12, 3, (out, p, q) => [m, n, p, n, q, n, out, 3], 3));
      const operands = [operand("w", bytesOf(w)), operand("x", x), operand("y", new Float32Array(m * 3).fill(-1))];
      const [, , y] = fenced(engine, operands, (p, q, r) => {
        engine.wasm[`gemm_${type}_f32`](m, n, p!, n, q!, n, r!, 3, 1, 3);
      });
      same(
        f32Of(y!),
        whole.map((v, i) => (i % 3 ? v : -1)),
        "y",
      );
    });
  }
}
