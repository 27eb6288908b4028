import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats, ParallelKernel } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";
import {
  bytesOf,
  decode,
  decodeBf16,
  decodeF16,
  encode,
  f32OfBits,
  roundTo,
  type Stored,
  storedTypes,
} from "../../support/stored.ts";

const halves = ["f16", "bf16"] as const;
const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i);
const finest = { f16: decodeF16, bf16: decodeBf16 };

/** A kernel over n elements of `from`, without a fence: for the long lists. */
function convert(engine: Engine, kernel: ParallelKernel, bytes: Uint8Array, n: number, width: number): Uint8Array {
  return engine.scope((s) => {
    const src = s.alloc(bytes.length);
    const dst = s.alloc(n * width);
    engine.u8(src, bytes.length).set(bytes);
    engine.parallel(kernel, [src, dst], n, 4096);
    return engine.u8(dst, n * width).slice();
  });
}

function toFloats(engine: Engine, type: Stored, compute: FloatDtype, bytes: Uint8Array): Floats {
  const n = bytes.length / bytesOf[type];
  return asFloats(compute, convert(engine, `decode_${type}_${compute}`, bytes, n, compute === "f32" ? 4 : 8));
}

function toStored(engine: Engine, type: Stored, values: Floats): Uint8Array {
  const compute = values instanceof Float32Array ? "f32" : "f64";
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return convert(engine, `encode_${type}_${compute}`, bytes, values.length, bytesOf[type]);
}

/** What lies between neighbouring values of a type: the midpoints, and the f32 below and above each. */
function midpoints(type: "f16" | "bf16"): Float32Array {
  const out: number[] = [];
  const shift = type === "f16" ? 0x7c00 : 0x7f80; // the pattern of Inf
  for (let bits = 0; bits < shift; bits++) {
    const low = finest[type](bits);
    const next = bits + 1 === shift ? low + (low - finest[type](bits - 1)) : finest[type](bits + 1);
    const middle = low / 2 + next / 2; // exact, also at the largest
    const word = new Uint32Array(Float32Array.of(middle).buffer)[0]!;
    for (const b of [word - 1, word, word + 1]) out.push(f32OfBits(b), -f32OfBits(b));
  }
  return Float32Array.from(out);
}

function twin(type: Stored, values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values, (x) => roundTo(type, x));
}

for (const { name, engine } of builds) {
  for (const type of halves) {
    test(`decode_${type}_f32 and _f64 on ${name}: all 65536 patterns, NaN as NaN`, () => {
      const want = Float64Array.from(patterns, finest[type]);
      for (const compute of floatTypes) same(toFloats(engine, type, compute, new Uint8Array(patterns.buffer)), want, compute);
    });

    test(`encode_${type} on ${name}: all 65536 values come back to their pattern, NaN to a quiet NaN`, () => {
      const values = Float32Array.from(patterns, finest[type]);
      const got = new Uint16Array(toStored(engine, type, values).buffer);
      const quiet = type === "f16" ? 0x7e00 : 0x7fc0;
      for (let i = 0; i < 65536; i++) {
        if (Number.isNaN(values[i]!)) assert.equal(got[i]! & quiet, quiet, `pattern ${i} gave ${got[i]}`);
        else assert.equal(got[i], i);
      }
    });

    test(`encode_${type} on ${name}: every midpoint goes to even, its neighbours to the nearest, both signs, up to Inf`, () => {
      const values = midpoints(type);
      same(decode(type, toStored(engine, type, values)), twin(type, values), type);
    });

    test(`encode_${type} on ${name}: random bits as the readable twin rounds them, from f32 and by way of f32 from f64`, () => {
      const next = rng(7);
      const values = Float32Array.from({ length: 20000 }, () => f32OfBits(Math.floor(next() * 2 ** 32)));
      same(decode(type, toStored(engine, type, values)), twin(type, values), "f32");
      const wide = Float64Array.from(values, (x) => x * (1 + (next() - 0.5) * 2 ** -22));
      same(decode(type, toStored(engine, type, wide)), twin(type, wide), "f64");
    });

    test(`encode_${type} on ${name}: NaNs with any payload stay NaN, with the sign bit or without`, () => {
      const words = Uint32Array.of(0x7fffffff, 0xffffffff, 0x7f800001, 0xff800001, 0x7fc00000, 0x7f80ffff, 0x7fffff80);
      const got = decode(type, toStored(engine, type, new Float32Array(words.buffer)));
      assert.ok(got.every(Number.isNaN), `${got}`);
    });
  }

  test(`decode and encode of f32 and f64 on ${name}: exact to wider, to nearest even to narrower, the same bits to the same`, () => {
    const next = rng(11);
    const halfway = [
      1 + 2 ** -24,
      1 + 3 * 2 ** -24,
      -(1 + 2 ** -24),
      2 ** -150,
      3 * 2 ** -150,
      2 ** 128 - 2 ** 103,
      1e300,
      -1e-300,
      Number.NaN,
    ];
    const wide = Float64Array.from([
      ...halfway,
      ...Array.from({ length: 500 }, () => (next() - 0.5) * 2 ** (next() * 300 - 150)),
    ]);
    const narrow = Float32Array.from(wide);
    const bytes = new Uint8Array(wide.buffer);
    same(toFloats(engine, "f64", "f32", bytes), narrow, "decode_f64_f32");
    same(toFloats(engine, "f64", "f64", bytes), wide, "decode_f64_f64");
    same(decode("f32", toStored(engine, "f32", wide)), Float64Array.from(narrow), "encode_f32_f64");
    same(decode("f64", toStored(engine, "f64", wide)), wide, "encode_f64_f64");
    same(toFloats(engine, "f32", "f64", new Uint8Array(narrow.buffer)), narrow, "decode_f32_f64");
    same(toFloats(engine, "f32", "f32", new Uint8Array(narrow.buffer)), narrow, "decode_f32_f32");
    same(decode("f64", toStored(engine, "f64", narrow)), Float64Array.from(narrow), "encode_f64_f32");
    same(decode("f32", toStored(engine, "f32", narrow)), Float64Array.from(narrow), "encode_f32_f32");
  });

  test(`decode and encode on ${name}: the range i0 … i1 − 1 and nothing else, nothing beyond the operands`, () => {
    const values = Array.from({ length: 11 }, (_, i) => i - 5);
    for (const type of storedTypes) {
      for (const compute of floatTypes) {
        for (const [i0, i1] of [
          [0, 11],
          [0, 0],
          [3, 4],
          [2, 9],
          [10, 11],
        ] as const) {
          const inside = values.map((x, i) => (i >= i0 && i < i1 ? x : 99));
          const what = `${type}, ${compute}, ${i0} … ${i1}`;
          const decoded = fenced(
            engine,
            [operand("src", encode(type, values)), operand("dst", floatsOf(compute, 11).fill(99))],
            (src, dst) => {
              engine.wasm[`decode_${type}_${compute}`](src!, dst!, i0, i1);
            },
          );
          same(asFloats(compute, decoded[1]!), inside, `decode ${what}`);
          const encoded = fenced(
            engine,
            [operand("src", floatsOf(compute, values)), operand("dst", encode(type, Array(11).fill(99)))],
            (src, dst) => {
              engine.wasm[`encode_${type}_${compute}`](src!, dst!, i0, i1);
            },
          );
          same(decode(type, encoded[1]!), inside, `encode ${what}`);
        }
      }
    }
  });
}
