import { dot } from "../../blas/dot";

describe("dot", () => {
  it("is the sum of products, for every length around the vectors", () => {
    for (let n = 0; n < 40; n++) {
      const x = new StaticArray<f32>(n), y = new StaticArray<f64>(n), z = new StaticArray<f32>(n);
      let want: f64 = 0;
      for (let i = 0; i < n; i++) {
        x[i] = <f32>(i + 1);
        z[i] = <f32>(i * 2 - 3);
        y[i] = <f64>(i + 1);
        want += <f64>x[i] * <f64>z[i];
      }
      expect<f32>(dot<f32>(n, changetype<usize>(x), changetype<usize>(z))).toBe(<f32>want);
      expect<f64>(dot<f64>(n, changetype<usize>(y), changetype<usize>(y))).toBe((<f64>n * <f64>(n + 1) * <f64>(n * 2 + 1)) / 6);
    }
  });
});
