import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { fixture } from "../../support/fixtures.ts";
import { call, f32Of } from "../../support/quant.ts";
import { nf4Code, nf4Levels } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

const f = Math.fround;
const weights = f32Of(await fixture("quant/weights.f32"));
const codes = await fixture("quant/nf4.bin");
const absmax = f32Of(await fixture("quant/nf4-absmax.f32"));

function encode(engine: Engine, x: Float32Array): { q: Uint8Array; a: Float32Array } {
  const n = x.length;
  const bytes = Math.ceil(n / 2);
  const blocks = Math.ceil(n / 64);
  const at = (bytes + 3) & ~3;
  const out = call(engine, "encode_nf4_f32", [x], at + 4 * blocks, blocks, (p, src) => [n, src, p, p + at]);
  return { q: out.slice(0, bytes), a: f32Of(out.subarray(at)) };
}

function decode(engine: Engine, n: number, q: Uint8Array, a: Float32Array): Float32Array {
  return f32Of(call(engine, "decode_nf4_f32", [q, a], 4 * n, Math.ceil(n / 64), (out, src, scales) => [n, src, scales, out]));
}

for (const { name, engine } of builds) {
  test(`nf4 on ${name}: the weights of the fixture become the codes and scales of the numpy reference, and decode to level · scale`, () => {
    const got = encode(engine, weights);
    assert.deepEqual(got.q, codes);
    same(got.a, absmax, "absmax");
    const want = Float32Array.from(weights, (_, i) => {
      const byte = codes[i >> 1]!;
      return nf4Levels[i & 1 ? byte & 15 : byte >> 4]! * absmax[i >> 6]!;
    });
    same(decode(engine, weights.length, codes, absmax), want, "decoded");
  });

  test(`nf4 on ${name}: between two levels the nearer one, of two the lower, one ulp decides`, () => {
    const word = new Uint32Array(1);
    const number = new Float32Array(word.buffer);
    const step = (x: number, by: number): number => {
      number[0] = x;
      word[0]! += x < 0 ? -by : by;
      return number[0]!;
    };
    const middles = nf4Levels.slice(1).map((v, k) => f((v + nf4Levels[k]!) / 2));
    const x = new Float32Array(128).fill(0);
    middles.forEach((m, k) => {
      x.set([m, step(m, 1), step(m, -1)], 3 * k + (3 * k >= 60 ? 4 : 0));
    });
    x[63] = 1;
    x[127] = -1;
    const { q } = encode(engine, x);
    x.forEach((v, i) => {
      assert.equal(i & 1 ? q[i >> 1]! & 15 : q[i >> 1]! >> 4, nf4Code(v), `${v}`);
    });
  });

  test(`nf4 on ${name}: every length, also short blocks and an odd end, with every code; nothing else is touched`, () => {
    const next = rng(141);
    for (const n of [0, 1, 2, 15, 16, 17, 31, 47, 63, 64, 65, 79, 100, 127, 128, 129]) {
      const x = Float32Array.from(normal(n, next));
      const bytes = Math.ceil(n / 2);
      const blocks = Math.ceil(n / 64);
      const held = [operand("x", x), operand("q", new Uint8Array(bytes)), operand("a", new Float32Array(blocks))];
      const [, q, a] = fenced(engine, held, (p, r, s) => engine.wasm.encode_nf4_f32(n, p!, r!, s!, 0, blocks));
      x.forEach((v, i) => {
        const peak = Math.max(...x.subarray((i >> 6) << 6, ((i >> 6) << 6) + 64).map(Math.abs));
        assert.equal(f32Of(a!)[i >> 6], peak);
        assert.equal(i & 1 ? q![i >> 1]! & 15 : q![i >> 1]! >> 4, nf4Code(f(v * f(1 / peak))), `n = ${n}, element ${i}`);
      });
      if (n & 1) assert.equal(q![bytes - 1]! & 15, 7);
      const any = Uint8Array.from({ length: bytes }, () => Math.floor(next() * 256));
      const back = [operand("q", any), operand("a", f32Of(a!)), operand("y", new Float32Array(n))];
      const [, , y] = fenced(engine, back, (p, r, s) => engine.wasm.decode_nf4_f32(n, p!, r!, s!, 0, blocks));
      same(
        f32Of(y!),
        Float32Array.from(x, (_, i) => nf4Levels[i & 1 ? any[i >> 1]! & 15 : any[i >> 1]! >> 4]! * f32Of(a!)[i >> 6]!),
        `n = ${n}`,
      );
    }
  });

  test(`nf4 on ${name}: a weight is off by no more than 0.152 of the largest in its block`, () => {
    const x = Float32Array.from(normal(64 * 50, rng(142)), (v, i) => v * 2 ** ((i >> 6) - 25));
    const { q, a } = encode(engine, x);
    const y = decode(engine, x.length, q, a);
    x.forEach((v, i) => {
      assert.ok(Math.abs(v - y[i]!) <= a[i >> 6]! * (0.152 + 2 ** -23), `${v} became ${y[i]}`);
    });
  });

  test(`nf4 on ${name}: zeros stay zeros; a block with NaN or Inf becomes NaN, its neighbours do not; blocks i0 to i1 alone`, () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const x = Float32Array.from(normal(256, rng(143)));
      x.fill(0, 0, 64);
      x[64 + 21] = bad;
      const { q, a } = encode(engine, x);
      assert.deepEqual([a[0], a[1]], [0, Number.NaN]);
      const y = decode(engine, 256, q, a);
      assert.ok(y.subarray(0, 64).every((v) => Object.is(v, 0)));
      assert.ok(y.subarray(64, 128).every(Number.isNaN));
      assert.ok(y.subarray(128).every(Number.isFinite));
      const held = [operand("x", x), operand("q", new Uint8Array(128).fill(3)), operand("a", new Float32Array(4).fill(3))];
      const [, part, scales] = fenced(engine, held, (p, r, s) => engine.wasm.encode_nf4_f32(256, p!, r!, s!, 2, 3));
      assert.deepEqual(
        part,
        Uint8Array.from(q, (b, i) => (i >= 64 && i < 96 ? b : 3)),
      );
      same(f32Of(scales!), [3, 3, a[2]!, 3], "absmax");
    }
  });
}
