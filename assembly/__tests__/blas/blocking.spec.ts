import { COLS, KC, MC, ROWS } from "../../blas/blocking";

describe("block sizes", () => {
  it("a tile is 4 rows of two vectors", () => {
    expect<usize>(ROWS).toBe(4);
    expect<usize>(COLS<f32>()).toBe(8);
    expect<usize>(COLS<f64>()).toBe(4);
  });

  it("panels of A and B fit half of a first-level cache of 32 KiB, packed rows half of a second-level cache of 256 KiB", () => {
    expect<bool>(KC * (ROWS + COLS<f32>()) * 4 <= 16384).toBe(true);
    expect<bool>(KC * (ROWS + COLS<f64>()) * 8 <= 16384).toBe(true);
    expect<bool>(MC<f32>() * KC * 4 <= 131072).toBe(true);
    expect<bool>(MC<f64>() * KC * 8 <= 131072).toBe(true);
  });

  it("blocks of rows are whole panels", () => {
    expect<usize>(MC<f32>() % ROWS).toBe(0);
    expect<usize>(MC<f64>() % ROWS).toBe(0);
  });
});
