import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";

test("a scope returns all memory, also when the function throws", async () => {
  using engine = await createEngine({ threads: 1 });
  engine.scope((s) => {
    s.alloc(1000);
    s.copyIn(new Float32Array(10));
    assert.ok(engine.live() > 0);
  });
  assert.equal(engine.live(), 0);
  assert.throws(() =>
    engine.scope((s) => {
      s.alloc(1000);
      throw new Error("inside");
    }),
  );
  assert.equal(engine.live(), 0);
});

test("what goes in comes out, bit for bit, in both types, as a fresh array", async () => {
  using engine = await createEngine({ threads: 1 });
  engine.scope((s) => {
    const f32 = Float32Array.of(1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45);
    const f64 = Float64Array.of(1.1, -0, Number.NaN, 5e-324);
    const p = s.copyIn(f32);
    const out = s.copyOut(p, 5, "f32");
    assert.deepEqual(new Uint32Array(out.buffer), new Uint32Array(f32.buffer));
    assert.deepEqual(s.copyOut(s.copyIn(f64), 4, "f64"), f64);
    out[0] = 7;
    assert.equal(s.copyOut(p, 1, "f32")[0], 1.5);
  });
});

test("views made before memory grew are empty, and new ones see the same values", async () => {
  using engine = await createEngine({ threads: 1 });
  using kept = engine.upload(Float64Array.of(1, 2, 3));
  const before = kept.bytes();
  using more = engine.reserve(8 << 20);
  assert.equal(before.length, 0);
  assert.equal(more.byteLength, 8 << 20);
  assert.deepEqual([...engine.f64(kept.ptr, 3)], [1, 2, 3]);
});

test("a resident may be disposed twice, and use after that is refused", async () => {
  using engine = await createEngine({ threads: 1 });
  const r = engine.reserve(100);
  r[Symbol.dispose]();
  r[Symbol.dispose]();
  assert.equal(engine.live(), 0);
  assert.throws(() => r.ptr, { code: "BROKEN", message: /after it was disposed/ });
});

test("a disposed engine says so instead of computing", async () => {
  const engine = await createEngine({ threads: 1 });
  engine[Symbol.dispose]();
  engine[Symbol.dispose]();
  assert.throws(() => engine.wasm.features(), { code: "BROKEN", message: /disposed/ });
});

test("a trap marks the engine broken, and later calls say so", async () => {
  using engine = await createEngine({ threads: 1 });
  const trap = (): never => {
    throw new WebAssembly.RuntimeError("memory access out of bounds");
  };
  assert.throws(() => engine.scope(trap), { code: "BROKEN", message: /out of bounds/ });
  assert.throws(() => engine.wasm.features(), { code: "BROKEN", message: /trapped/ });
});

test("two engines in one program have memories of their own", async () => {
  using a = await createEngine({ threads: 1 });
  using b = await createEngine({ threads: 1 });
  using x = a.upload(Float32Array.of(1));
  using y = b.upload(Float32Array.of(2));
  assert.equal(a.f32(x.ptr, 1)[0], 1);
  assert.equal(b.f32(y.ptr, 1)[0], 2);
  assert.notEqual(a.memory, b.memory);
});
