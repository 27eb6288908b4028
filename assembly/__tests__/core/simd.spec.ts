import { across, high, hsum, integers, madd, madd1, squares } from "../../core/simd";

describe("lanes", () => {
  it("hsum adds in its fixed order", () => {
    // (x0 + x2) + (x1 + x3): 2^24 + 1 rounds to 2^24, 1 − 2^24 is exact.
    expect<f32>(hsum<f32>(f32x4(16777216, 1, 1, -16777216))).toBe(1);
    expect<f32>(hsum<f32>(f32x4(16777216, 1, -16777216, 1))).toBe(2);
    expect<f64>(hsum<f64>(f64x2(3, 4))).toBe(7);
  });

  it("high moves the upper half down", () => {
    expect<f32>(f32x4.extract_lane(high(f32x4(1, 2, 3, 4)), 1)).toBe(4);
  });

  it("madd and madd1 round alike", () => {
    const x: f32 = 1.0001, y: f32 = 0.9997, z: f32 = -1;
    const v = madd<f32>(f32x4.splat(x), f32x4.splat(y), f32x4.splat(z));
    expect<f32>(f32x4.extract_lane(v, 2)).toBe(madd1<f32>(x, y, z));
    expect<f64>(madd1<f64>(3, 4, 5)).toBe(17);
  });

  it("squares and across make one sum of squares", () => {
    expect<f64>(across(squares(f32x4(1, 2, 3, 4), f32x4(5, 6, 7, 8)))).toBe(204);
  });

  it("integers converts whole numbers of either sign", () => {
    const x = integers(f32x4(-4194303, -1, 0, 127));
    expect<i32>(i32x4.extract_lane(x, 0)).toBe(-4194303);
    expect<i32>(i32x4.extract_lane(x, 1)).toBe(-1);
    expect<i32>(i32x4.extract_lane(x, 2)).toBe(0);
    expect<i32>(i32x4.extract_lane(x, 3)).toBe(127);
  });
});
