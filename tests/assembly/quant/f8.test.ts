import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { call, f32Of } from "../../support/quant.ts";
import { decodeF8, encodeF8, float8Types } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";
import { bitsOfF32, f32OfBits } from "../../support/stored.ts";

type Name = keyof typeof float8Types;
const names = Object.keys(float8Types) as Name[];
const patterns = Uint8Array.from({ length: 256 }, (_, i) => i);

function encode(engine: Engine, type: Name, x: Float32Array): Uint8Array {
  return call(engine, `encode_${type}_f32`, [x], x.length, x.length, (out, src) => [src, out], 64);
}

/** What lies between neighbouring values, up to one step above the largest: the middles, and the f32 below and above each. */
function middles(type: Name): Float32Array {
  const t = float8Types[type];
  const values = [...patterns].map((b) => decodeF8(t, b)).filter((v) => v >= 0 && Number.isFinite(v));
  const list = [...new Set(values)].sort((a, b) => a - b);
  list.push(2 * list[list.length - 1]! - list[list.length - 2]!);
  return Float32Array.from(
    list.slice(1).flatMap((v, i) => {
      const bits = bitsOfF32((v + list[i]!) / 2);
      return [bits - 1, bits, bits + 1].flatMap((b) => [f32OfBits(b), -f32OfBits(b)]);
    }),
  );
}

for (const { name, engine } of builds) {
  for (const type of names) {
    const t = float8Types[type];

    test(`decode_${type}_f32 on ${name}: all 256 patterns, NaN as NaN`, () => {
      const y = f32Of(call(engine, `decode_${type}_f32`, [patterns], 1024, 256, (out, src) => [src, out], 16));
      same(
        y,
        Float64Array.from(patterns, (b) => decodeF8(t, b)),
        "decoded",
      );
    });

    test(`encode_${type}_f32 on ${name}: every value comes back to its pattern, NaN to a NaN`, () => {
      const x = Float32Array.from(patterns, (b) => decodeF8(t, b));
      encode(engine, type, x).forEach((got, b) => {
        if (Number.isNaN(x[b]!)) assert.ok(Number.isNaN(decodeF8(t, got)), `pattern ${b} gave ${got}`);
        else assert.equal(got, b);
      });
    });

    test(`encode_${type}_f32 on ${name}: to nearest, ties to even: all middles and their neighbours, the overflow and random values`, () => {
      const next = rng(131);
      const tails = [t.largest * 2, t.largest * 1e4, 3e38, Number.POSITIVE_INFINITY, 2 ** -149, 1e-30, 0, -0, 2 ** 17, 2 ** 18];
      const spread = Float32Array.from(normal(400, next), (v, i) => v * 2 ** ((i % 40) - 22));
      const x = Float32Array.from([...middles(type), ...tails, ...tails.map((v) => -v), ...spread]);
      const got = encode(engine, type, x);
      x.forEach((v, i) => {
        const want = encodeF8(t, v);
        if (Number.isNaN(decodeF8(t, want))) assert.ok(Number.isNaN(decodeF8(t, got[i]!)), `${v} gave ${got[i]}`);
        else assert.equal(got[i], want, `${v} gave ${got[i]}`);
      });
    });

    test(`encode and decode of ${type} on ${name}: touch nothing beyond the range, for every length`, () => {
      const x = Float32Array.from(normal(11, rng(132)));
      const bytes = encode(engine, type, x);
      for (let n = 0; n <= 9; n++) {
        const [, y] = fenced(
          engine,
          [operand("x", x.subarray(0, n + 2)), operand("y", new Uint8Array(n + 2).fill(0xaa))],
          (p, q) => {
            engine.wasm[`encode_${type}_f32`](p!, q!, 2, n + 2);
          },
        );
        assert.deepEqual([...y!], [0xaa, 0xaa, ...bytes.subarray(2, n + 2)]);
        const [, z] = fenced(engine, [operand("x", y!), operand("z", new Float32Array(n + 2).fill(7))], (p, q) => {
          engine.wasm[`decode_${type}_f32`](p!, q!, 2, n + 2);
        });
        same(f32Of(z!), [7, 7, ...[...bytes.subarray(2, n + 2)].map((b) => decodeF8(t, b))], "decoded");
      }
    });
  }
}
