// Rendered by ts-wrapper/tools/build-wasm.ts from the compiled module. Do not edit.

/** Every kernel of the module. Pointers and sizes are unsigned numbers below 2^32. */
export interface WasmExports {
  decode_bf16_f32(src: number, dst: number, i0: number, i1: number): void;
  decode_bf16_f64(src: number, dst: number, i0: number, i1: number): void;
  decode_f16_f32(src: number, dst: number, i0: number, i1: number): void;
  decode_f16_f64(src: number, dst: number, i0: number, i1: number): void;
  decode_f32_f32(src: number, dst: number, i0: number, i1: number): void;
  decode_f32_f64(src: number, dst: number, i0: number, i1: number): void;
  decode_f64_f32(src: number, dst: number, i0: number, i1: number): void;
  decode_f64_f64(src: number, dst: number, i0: number, i1: number): void;
  dora_rows_f32(n: number, w: number, d: number, acc: number, magnitude: number, weight: number, i0: number, i1: number): void;
  dora_rows_f64(n: number, w: number, d: number, acc: number, magnitude: number, weight: number, i0: number, i1: number): void;
  encode_bf16_f32(src: number, dst: number, i0: number, i1: number): void;
  encode_bf16_f64(src: number, dst: number, i0: number, i1: number): void;
  encode_f16_f32(src: number, dst: number, i0: number, i1: number): void;
  encode_f16_f64(src: number, dst: number, i0: number, i1: number): void;
  encode_f32_f32(src: number, dst: number, i0: number, i1: number): void;
  encode_f32_f64(src: number, dst: number, i0: number, i1: number): void;
  encode_f64_f32(src: number, dst: number, i0: number, i1: number): void;
  encode_f64_f64(src: number, dst: number, i0: number, i1: number): void;
  features(): number;
  finish_f32_bf16(n: number, w: number, c: number, acc: number, out: number, stats: number, i0: number, i1: number): void;
  finish_f32_f16(n: number, w: number, c: number, acc: number, out: number, stats: number, i0: number, i1: number): void;
  finish_f32_f32(n: number, w: number, c: number, acc: number, out: number, stats: number, i0: number, i1: number): void;
  finish_f64_bf16(n: number, w: number, c: number, acc: number, out: number, stats: number, i0: number, i1: number): void;
  finish_f64_f16(n: number, w: number, c: number, acc: number, out: number, stats: number, i0: number, i1: number): void;
  finish_f64_f32(n: number, w: number, c: number, acc: number, out: number, stats: number, i0: number, i1: number): void;
  first_not_finite_f32(src: number, n: number): number;
  first_not_finite_f64(src: number, n: number): number;
  heap_base(): number;
  low_rank_add_f32(n: number, r: number, left: number, right: number, acc: number, i0: number, i1: number): void;
  low_rank_add_f64(n: number, r: number, left: number, right: number, acc: number, i0: number, i1: number): void;
  low_rank_update_bf16(n: number, r: number, left: number, right: number, w: number, out: number, stats: number, i0: number, i1: number): void;
  low_rank_update_f16(n: number, r: number, left: number, right: number, w: number, out: number, stats: number, i0: number, i1: number): void;
  low_rank_update_f32(n: number, r: number, left: number, right: number, w: number, out: number, stats: number, i0: number, i1: number): void;
  pack_left_f32(m: number, r: number, r_total: number, k0: number, src: number, rs: number, cs: number, scale: number, dst: number): void;
  pack_left_f64(m: number, r: number, r_total: number, k0: number, src: number, rs: number, cs: number, scale: number, dst: number): void;
  pack_right_f32(r: number, n: number, r_total: number, k0: number, src: number, rs: number, cs: number, dst: number): void;
  pack_right_f64(r: number, n: number, r_total: number, k0: number, src: number, rs: number, cs: number, dst: number): void;
  scale_columns_f32(n: number, w: number, d: number, acc: number, gain: number, weight: number, i0: number, i1: number): void;
  scale_columns_f64(n: number, w: number, d: number, acc: number, gain: number, weight: number, i0: number, i1: number): void;
  square_columns_f32(n: number, m: number, w: number, d: number, sums: number, j0: number, j1: number): void;
  square_columns_f64(n: number, m: number, w: number, d: number, sums: number, j0: number, j1: number): void;
}
