import { blockTypes, decodeBlocks, parts, randomBlock } from "../../tests/support/reference-quant.ts";
import { rng } from "../../tests/support/rng.ts";
import { bytesOf } from "../../tests/support/stored.ts";
import { Operands, type StoredDtype, updateWork } from "../../ts-wrapper/cli/kernel-work.ts";
import { type Bench, bench } from "../bench.ts";
import { quantizedUpdateError, updateError } from "../checks.ts";
import { uniform, weights } from "../inputs.ts";
import type { UpdateData } from "../operations.ts";

const RANK = 16;
const SCALE = 2;

/** What merging an adapter does to one projection of a 7B Llama; the factors are packed in every step. */
const update = (stored: StoredDtype): Bench =>
  bench({
    name: `rank-${RANK} update ${stored}`,
    title: "W ← round(W + s·B·A) in place, with the sums that tell what survived rounding",
    dtype: "f32",
    grid: [{ m: 4096, n: 4096, r: RANK }],
    setup: ({ m, n, r }): UpdateData => ({
      ...{ stored, m, n, r, scale: SCALE },
      w: weights(m * n, 1, stored),
      b: uniform(m * r, 2, "f32") as Float32Array,
      a: uniform(r * n, 3, "f32") as Float32Array,
    }),
    run: (engine, data) => updateWork(engine, data, data.w, data.b, data.a, data.scale),
    check: updateError,
    work: ({ m, n, r }) => ({ flops: 2 * m * n * r, bytes: 2 * m * n * bytesOf[stored] }),
    peers: (peer, data) => peer.update?.(data),
  });

/** The same with weights in blocks, of which a row is decoded, updated and quantized again. */
interface BlockData {
  readonly type: "q8_0" | "q4_0";
  readonly m: number;
  readonly n: number;
  readonly r: number;
  readonly scale: number;
  readonly w: Uint8Array;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** How far a weight may be off, in scales: the headers of assembly/quant/q8_0.ts and q4_0.ts. */
const lost = { q8_0: 0.5 + 2 ** -4, q4_0: 1 + 2 ** -8 } as const;
const GRAIN = 64;

const updateBlocks = (type: "q8_0" | "q4_0"): Bench =>
  bench({
    name: `rank-${RANK} update ${type} weights`,
    title: "W ← quantize(W + s·B·A) in place, with the sums that tell what quantizing lost",
    dtype: "f32",
    grid: [{ m: 4096, n: 4096, r: RANK }],
    setup: ({ m, n, r }): BlockData => {
      const next = rng(1);
      const { size, bytes } = blockTypes[type];
      const some = Uint8Array.from(Array.from({ length: (16 * n) / size }, () => [...randomBlock(type, next)]).flat());
      const w = new Uint8Array((m * n * bytes) / size);
      for (let at = 0; at < w.length; at += some.length) w.set(some.subarray(0, w.length - at), at);
      const factor = (count: number, seed: number): Float32Array => uniform(count, seed, "f32") as Float32Array;
      return { type, m, n, r, scale: SCALE, w, b: factor(m * r, 2), a: factor(r * n, 3) };
    },
    run(engine, { m, n, r, scale, w, a, b }) {
      const memory = new Operands(engine);
      const [pb, pa, pw] = [memory.copy(b), memory.copy(a), memory.room(w.length)];
      const [left, right] = [memory.room(Math.ceil(m / 4) * 16 * r), memory.room(Math.ceil(n / 8) * 32 * r)];
      const [stats, work] = [memory.room(m * 32), memory.room(Math.ceil(m / GRAIN) * 4160)];
      let sign = 1;
      const reset = (): void => {
        engine.u8(pw, w.length).set(w);
        sign = 1;
      };
      reset();
      return {
        step() {
          engine.wasm.pack_left_f32(m, r, r, 0, pb, r, 1, sign * scale, left);
          engine.wasm.pack_right_f32(r, n, r, 0, pa, n, 1, right);
          engine.parallel(`low_rank_update_${type}`, [n, r, left, right, pw, pw, stats, work, GRAIN], m, GRAIN);
          sign = -sign;
        },
        result: () => engine.u8(pw, w.length).slice(),
        reset,
        [Symbol.dispose]: () => memory[Symbol.dispose](),
      };
    },
    check(data, out) {
      const { n, w } = data;
      const { size, bytes } = blockTypes[type];
      const width = (n / size) * bytes;
      const row = (blocks: Uint8Array, i: number): Uint8Array => blocks.subarray(i * width, (i + 1) * width);
      return quantizedUpdateError({
        ...data,
        before: (i) => decodeBlocks(type, row(w, i)),
        after(i) {
          const blocks = row(out, i);
          const bounds = Float64Array.from({ length: n }, (_, j) => {
            const at = Math.floor(j / size) * bytes;
            return lost[type] * Math.abs(parts(type, blocks.subarray(at, at + bytes)).d);
          });
          return { values: decodeBlocks(type, blocks), bounds };
        },
      });
    },
    work: ({ m, n, r }) => ({ flops: 2 * m * n * r, bytes: (2 * m * n * blockTypes[type].bytes) / blockTypes[type].size }),
  });

export default [update("f32"), update("bf16"), update("f16"), updateBlocks("q8_0"), updateBlocks("q4_0")];
