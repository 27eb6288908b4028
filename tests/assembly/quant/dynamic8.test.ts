import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { dynamicMap } from "../../../ts-wrapper/quant/dynamic-map.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { fixture } from "../../support/fixtures.ts";
import { call, f32Of } from "../../support/quant.ts";
import { normal, rng } from "../../support/rng.ts";

const f = Math.fround;
const scales = f32Of(await fixture("quant/scales.f32"));
const map = f32Of(await fixture("quant/dynamic-map.f32"));
const codes = await fixture("quant/scales.bin");
const facts = JSON.parse(new TextDecoder().decode(await fixture("quant/quant.json"))).scales;

function encode(engine: Engine, x: Float32Array, offset: number): { q: Uint8Array; b: Float32Array } {
  const n = x.length;
  const blocks = Math.ceil(n / 256);
  const at = (n + 3) & ~3;
  const out = call(engine, "encode_dynamic8_f32", [x, map], at + 4 * blocks, blocks, (p, src, m) => [
    n,
    src,
    m,
    offset,
    p,
    p + at,
  ]);
  return { q: out.slice(0, n), b: f32Of(out.subarray(at)) };
}

for (const { name, engine } of builds) {
  test(`dynamic8 on ${name}: the scales of the fixture become the codes of the numpy reference, and decode to map · b + offset`, () => {
    const { q, b } = encode(engine, scales, facts.offset);
    assert.deepEqual(q, codes);
    same(b, Float32Array.from(facts["of blocks"]), "scales");
    const n = scales.length;
    const y = call(engine, "decode_dynamic8_f32", [q, map, b], 4 * n, 3, (out, p, m, s) => [n, p, m, facts.offset, s, out]);
    const want = Float32Array.from(q, (k, i) => f(f(map[k]! * b[i >> 8]!) + f(facts.offset)));
    same(f32Of(y), want, "decoded");
  });

  test(`dynamic8 on ${name}: every entry of the map is found, and between two the nearer, of two the lower`, () => {
    const x = new Float32Array(256 * 3);
    x.set(map);
    for (let i = 0; i < 255; i++) x[256 + i] = (map[i]! + map[i + 1]!) / 2;
    x[511] = 1;
    for (let i = 0; i < 255; i++) x[512 + i] = map[i]! * 0.4 + map[i + 1]! * 0.6;
    x[767] = -1;
    const { q } = encode(engine, x, 0);
    x.forEach((v, i) => {
      let best = 0;
      map.forEach((m, k) => {
        if (Math.abs(m - v) < Math.abs(map[best]! - v)) best = k;
      });
      assert.equal(q[i], best, `${v}`);
    });
    assert.deepEqual(
      q.subarray(0, 256),
      Uint8Array.from({ length: 256 }, (_, i) => i),
    );
  });

  test(`dynamic8 on ${name}: touches nothing beyond the last element, and blocks i0 to i1 alone, for short last blocks`, () => {
    for (const n of [0, 1, 255, 256, 257, 700]) {
      const blocks = Math.ceil(n / 256);
      const x = Float32Array.from(normal(n, rng(151)));
      const { q, b } = encode(engine, x, 0.1);
      const i0 = Math.min(1, blocks);
      const held = [
        operand("x", x),
        operand("map", map),
        operand("q", new Uint8Array(n).fill(3)),
        operand("b", new Float32Array(blocks).fill(3)),
      ];
      const after = fenced(engine, held, (p, m, r, s) => engine.wasm.encode_dynamic8_f32(n, p!, m!, 0.1, r!, s!, i0, blocks));
      assert.deepEqual(
        after[2],
        q.map((k, i) => (i < 256 * i0 ? 3 : k)),
      );
      same(
        f32Of(after[3]!),
        b.map((v, i) => (i < i0 ? 3 : v)),
        "scales",
      );
      const back = [operand("q", q), operand("map", map), operand("b", b), operand("y", new Float32Array(n).fill(3))];
      const [, , , y] = fenced(engine, back, (p, m, s, r) => engine.wasm.decode_dynamic8_f32(n, p!, m!, 0.1, s!, r!, i0, blocks));
      same(
        f32Of(y!),
        Float32Array.from(q, (k, i) => (i < 256 * i0 ? 3 : f(f(map[k]! * b[i >> 8]!) + f(0.1)))),
        `n = ${n}`,
      );
    }
  });

  test(`dynamic8 on ${name}: equal scales come back as the offset; NaN and Inf become NaN in their block alone`, () => {
    const x = new Float32Array(600).fill(0.25);
    x[300] = Number.NaN;
    x[520] = Number.POSITIVE_INFINITY;
    const { q, b } = encode(engine, x, 0.25);
    same(b, [0, Number.NaN, Number.NaN], "scales");
    const y = f32Of(call(engine, "decode_dynamic8_f32", [q, map, b], 2400, 3, (out, p, m, s) => [600, p, m, 0.25, s, out]));
    assert.ok(y.subarray(0, 256).every((v) => v === 0.25));
    assert.ok(y.subarray(256).every(Number.isNaN));
  });

  test(`dynamic8 on ${name}: a scale is off by no more than half the gap of the map`, () => {
    const own = dynamicMap();
    const gap = Math.max(...own.map((v, i) => (i ? v - own[i - 1]! : 0)));
    const x = Float32Array.from(normal(512, rng(152)), (v) => Math.abs(v) + 1);
    const { q, b } = encode(engine, x, 1.8);
    x.forEach((v, i) => {
      const back = f(f(map[q[i]!]! * b[i >> 8]!) + f(1.8));
      assert.ok(Math.abs(back - v) <= (b[i >> 8]! * gap) / 2 + 2 ** -22 * (b[i >> 8]! + 1.8), `${v} became ${back}`);
    });
  });
}
