import { low_rank_panel } from "../../blas/low_rank_panel";
import { f16, load1, store1 } from "../../core/stored";
import { pack_left, pack_right } from "../../merge/pack";

/** Columns 8 … 20 of 21, of `rows` rows that lie apart; the rest stays as it is. */
function check<S>(rows: usize): void {
  const n: i32 = 21, r: i32 = 3, bytes = <i32>sizeof<S>(), step = 24 * bytes;
  const l = new StaticArray<f32>(4 * r), x = new StaticArray<f32>(r * n), left = new StaticArray<f32>(4 * r), right = new StaticArray<f32>(24 * r);
  for (let i = 0; i < l.length; i++) l[i] = <f32>(((i * 37) % 19) - 9) * 0.037;
  for (let i = 0; i < x.length; i++) x[i] = <f32>(((i * 53) % 23) - 11) * 0.041;
  pack_left<f32>(4, r, r, 0, changetype<usize>(l), r, 1, 1, changetype<usize>(left));
  pack_right<f32>(r, n, r, 0, changetype<usize>(x), n, 1, changetype<usize>(right));
  const w = new StaticArray<u8>(4 * step), out = new StaticArray<u8>(4 * step), want = new StaticArray<u8>(bytes), stats = new StaticArray<f64>(16);
  const pw = changetype<usize>(w), po = changetype<usize>(out), one = changetype<usize>(want);
  for (let i = 0; i < 4; i++) for (let j = 0; j < n; j++) store1<S>(pw + i * step + j * bytes, <f32>((((i * n + j) * 71) % 101) - 50) * 0.02);
  low_rank_panel<S>(rows, 8, n, r, changetype<usize>(left), changetype<usize>(right), pw, po, step, changetype<usize>(stats));
  let squares: f64 = 0;
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < n; j++) {
      let acc: f32 = 0;
      for (let k = 0; k < r; k++) acc = <f32>(acc + <f32>(l[i * r + k] * x[k * n + j]));
      const inside = i < <i32>rows && j >= 8;
      if (inside) squares += <f64>acc * <f64>acc;
      store1<S>(one, inside ? load1<S>(pw + i * step + j * bytes) + acc : 0);
      expect<f32>(load1<S>(po + i * step + j * bytes)).toBe(load1<S>(one));
    }
  }
  const sum = stats[0] + stats[4] + stats[8] + stats[12];
  expect<bool>(Math.abs(sum - squares) < 1e-5 * squares).toBe(true);
}

describe("low_rank_panel", () => {
  it("f32, four rows: a whole tile and an edge", () => check<f32>(4));
  it("f16, four rows", () => check<f16>(4));
  it("f32, three rows", () => check<f32>(3));
});
