import { bf16, f16, load1, load4, store1, store4 } from "../../core/stored";

const cell = new StaticArray<u64>(4);
const at = changetype<usize>(cell);

/** x as S holds it, through the vector path and the one for single values. */
function through<S>(x: f32): f32 {
  store4<S>(at, f32x4.splat(x));
  const four = load4<S>(at);
  store1<S>(at, x);
  const one = load1<S>(at);
  assert(f32x4.extract_lane(four, 0) == one && f32x4.extract_lane(four, 3) == one, "vector and single value differ");
  return one;
}

describe("stored number types", () => {
  it("f16 holds 11 bits: ties to even, subnormals, overflow from 65520 up", () => {
    expect<f32>(through<f16>(2049)).toBe(2048);
    expect<f32>(through<f16>(2051)).toBe(2052);
    expect<f32>(through<f16>(65519)).toBe(65504);
    expect<f32>(through<f16>(65520)).toBe(Infinity);
    expect<f32>(through<f16>(-1e30)).toBe(-Infinity);
    const tiny: f32 = 5.9604644775390625e-8; // 2^−24, the smallest
    expect<f32>(through<f16>(tiny)).toBe(tiny);
    expect<f32>(through<f16>(tiny * 1.5)).toBe(tiny * 2);
    expect<f32>(through<f16>(tiny * 0.5)).toBe(0);
  });

  it("bf16 holds 8 bits: ties to even, the range of f32", () => {
    expect<f32>(through<bf16>(257)).toBe(256);
    expect<f32>(through<bf16>(259)).toBe(260);
    expect<f32>(through<bf16>(f32.MAX_VALUE)).toBe(Infinity);
  });

  it("f32 and f64 hold every f32", () => {
    expect<f32>(through<f32>(0.1)).toBe(0.1);
    expect<f32>(through<f64>(0.1)).toBe(0.1);
  });

  it("a NaN stays one, also with all bits set", () => {
    const nan = reinterpret<f32>(0x7fffffff);
    store1<f16>(at, nan);
    expect<u16>(load<u16>(at)).toBe(0x7e00);
    store1<bf16>(at, nan);
    expect<u16>(load<u16>(at) & 0x7fc0).toBe(0x7fc0);
  });
});
