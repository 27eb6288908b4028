import { bf16, f16, load1, store1 } from "../../core/stored";
import { low_rank_update } from "../../merge/low_rank_update";
import { pack_left, pack_right } from "../../merge/pack";

/** The kernel against a scalar loop over the unpacked factors. */
function check<S>(m: i32, n: i32, r: i32): void {
  const l = new StaticArray<f32>(m * r), x = new StaticArray<f32>(r * n);
  for (let i = 0; i < l.length; i++) l[i] = <f32>(((i * 37) % 19) - 9) * 0.037;
  for (let i = 0; i < x.length; i++) x[i] = <f32>(((i * 53) % 23) - 11) * 0.041;
  const left = new StaticArray<f32>((m + 3) * r), right = new StaticArray<f32>((n + 7) * r);
  pack_left<f32>(m, r, r, 0, changetype<usize>(l), r, 1, 1, changetype<usize>(left));
  pack_right<f32>(r, n, r, 0, changetype<usize>(x), n, 1, changetype<usize>(right));
  const bytes = <i32>sizeof<S>();
  const w = new StaticArray<u8>(m * n * bytes), out = new StaticArray<u8>(m * n * bytes), want = new StaticArray<u8>(bytes);
  const pw = changetype<usize>(w), po = changetype<usize>(out), one = changetype<usize>(want);
  for (let i = 0; i < m * n; i++) store1<S>(pw + i * bytes, <f32>(((i * 71) % 101) - 50) * 0.02);
  const stats = new StaticArray<f64>(4 * m);
  low_rank_update<S>(n, r, changetype<usize>(left), changetype<usize>(right), pw, po, changetype<usize>(stats), 0, m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let acc: f32 = 0;
      for (let k = 0; k < r; k++) acc = <f32>(acc + <f32>(l[i * r + k] * x[k * n + j]));
      store1<S>(one, load1<S>(pw + (i * n + j) * bytes) + acc);
      expect<f32>(load1<S>(po + (i * n + j) * bytes)).toBe(load1<S>(one));
    }
    expect<f64>(stats[4 * i + 3]).toBe(0);
  }
}

describe("low_rank_update", () => {
  it("f32 is the scalar loop, tiles and edges", () => check<f32>(6, 21, 5));
  it("f16 is the scalar loop, tiles and edges", () => check<f16>(6, 21, 5));
  it("bf16 is the scalar loop, tiles and edges", () => check<bf16>(6, 21, 5));
});
