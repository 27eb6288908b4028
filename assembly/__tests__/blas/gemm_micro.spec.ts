import { gemm_tile } from "../../blas/gemm_micro";

/** Panels of small whole numbers, one tile of every size, C wider than the tile; elements outside must stay. */
function check<T extends number>(k: i32, alpha: T, beta: T): void {
  const cols = <i32>(32 / sizeof<T>()), ld = cols + 1;
  const a = new StaticArray<T>(4 * k), b = new StaticArray<T>(cols * k), c = new StaticArray<T>(4 * ld);
  for (let i = 0; i < 4 * k; i++) a[i] = <T>((i * 7) % 5 - 2);
  for (let i = 0; i < cols * k; i++) b[i] = <T>((i * 3) % 7 - 3);
  for (let m = 1; m <= 4; m++) {
    for (let n = 1; n <= cols; n++) {
      for (let i = 0; i < 4 * ld; i++) c[i] = <T>(i + 1);
      gemm_tile<T>(m, n, k, alpha, changetype<usize>(a), changetype<usize>(b), beta, changetype<usize>(c), ld * sizeof<T>());
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < ld; j++) {
          let want = <T>(i * ld + j + 1);
          if (i < m && j < n) {
            let sum = <T>0;
            for (let p = 0; p < k; p++) sum = <T>(sum + a[4 * p + i] * b[cols * p + j]);
            want = <T>(alpha * sum + beta * want);
          }
          expect<T>(c[i * ld + j]).toBe(want);
        }
      }
    }
  }
}

describe("gemm_tile", () => {
  it("f32: every tile from 1×1 to 4×8, nothing outside", () => {
    check<f32>(5, 2, 3);
    check<f32>(3, 1, 0);
  });

  it("f64: every tile from 1×1 to 4×4, nothing outside", () => {
    check<f64>(5, 2, 3);
    check<f64>(3, 1, 0);
  });

  it("β = 0 does not read C", () => {
    const a = new StaticArray<f32>(4), b = new StaticArray<f32>(8), c = new StaticArray<f32>(8);
    a.fill(1);
    b.fill(2);
    c.fill(NaN);
    gemm_tile<f32>(1, 7, 1, 1, changetype<usize>(a), changetype<usize>(b), 0, changetype<usize>(c), 32);
    expect<f32>(c[6]).toBe(2);
    expect<bool>(isNaN(c[7])).toBe(true);
  });
});
