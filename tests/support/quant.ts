import type { Engine, ParallelKernel, Ptr } from "../../ts-wrapper/engine/engine.ts";
import { activationRow, type Blocked, blockTypes, decodeBlock, parts, randomBlock } from "./reference-quant.ts";

export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

export function f32Of(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  return new Float32Array(bytes.slice().buffer);
}

/** Runs a kernel over [0, rows) on copies of `inputs`, and answers with the `length` bytes of its output, which start as 0xff. */
export function call(
  engine: Engine,
  kernel: ParallelKernel,
  inputs: readonly ArrayBufferView[],
  length: number,
  rows: number,
  args: (out: Ptr, ...inputs: Ptr[]) => readonly number[],
  grain = 1,
): Uint8Array {
  return engine.scope((s) => {
    const pointers = inputs.map((input) => {
      const p = s.alloc(input.byteLength);
      engine.u8(p, input.byteLength).set(bytesOf(input));
      return p;
    });
    const out = s.alloc(length);
    engine.u8(out, length).fill(255);
    engine.parallel(kernel, args(out, ...pointers), rows, grain);
    return engine.u8(out, length).slice();
  });
}

export function encodeBlocks(engine: Engine, type: Blocked, x: Float32Array): Uint8Array {
  const { size, bytes } = blockTypes[type];
  const n = x.length / size;
  return call(engine, `encode_${type}_f32`, [x], n * bytes, n, (out, src) => [src, out]);
}

export function decodeWith(engine: Engine, type: Blocked, blocks: Uint8Array): Float32Array {
  const { size, bytes } = blockTypes[type];
  const n = blocks.length / bytes;
  return f32Of(call(engine, `decode_${type}_f32`, [blocks], n * size * 4, n, (out, src) => [src, out]));
}

/** Activations of m rows of n, in the layout of rows_q8. */
export function quantizeRows(engine: Engine, m: number, n: number, group: number, x: Float32Array, ldx = n): Uint8Array {
  const width = engine.wasm.q8_row_bytes(n, group);
  return call(engine, "quantize_rows_q8", [x], m * width, m, (out, src) => [n, group, src, ldx, out]);
}

/** `rows` rows of n random weights. */
export function randomRows(type: Blocked, rows: number, n: number, next: () => number): Uint8Array {
  const count = (rows * n) / blockTypes[type].size;
  return Uint8Array.from(Array.from({ length: count }, () => [...randomBlock(type, next)]).flat());
}

/** For each row of w: its exact product with one row of quantized activations, and the sum of the magnitudes that the bound of gemv_q8 names. */
export function quantizedProducts(
  type: Blocked,
  w: Uint8Array,
  activations: Uint8Array,
  n: number,
  group: number,
): { want: number[]; scale: number[] } {
  const { size, bytes, run } = blockTypes[type];
  const x = activationRow(activations, n, group);
  const width = (n / size) * bytes;
  const want: number[] = [];
  const scale: number[] = [];
  for (let row = 0; row < w.length; row += width) {
    let sum = 0;
    let magnitude = 0;
    for (let k = 0; k < n / size; k++) {
      const b = parts(type, w.subarray(row + k * bytes, row + (k + 1) * bytes));
      for (let i = 0; i < size; i++) {
        const j = k * size + i;
        const r = Math.floor(i / run);
        const p = x.q[j]! * x.d[Math.floor(j / group)]!;
        sum += (b.d * b.scales[r]! * b.codes[i]! - b.dm * b.minima[r]!) * p;
        const stored =
          type === "q6_k"
            ? Math.abs(b.codes[i]! + 32) + 32
            : Math.abs(b.codes[i]!) + (type === "q5_0" ? 32 : type === "q4_0" ? 16 : 0);
        magnitude += (Math.abs(b.d * b.scales[r]!) * stored + Math.abs(b.dm * b.minima[r]!)) * Math.abs(p);
      }
    }
    want.push(sum);
    scale.push(magnitude);
  }
  return { want, scale };
}

/** For each row of w: its exact product with x, and Σ |ŵ||x|. */
export function decodedProducts(type: Blocked, w: Uint8Array, x: Float32Array, n: number): { want: number[]; scale: number[] } {
  const { size, bytes } = blockTypes[type];
  const width = (n / size) * bytes;
  const want: number[] = [];
  const scale: number[] = [];
  for (let row = 0; row < w.length; row += width) {
    let sum = 0;
    let magnitude = 0;
    for (let k = 0; k < n / size; k++) {
      decodeBlock(type, w.subarray(row + k * bytes, row + (k + 1) * bytes)).forEach((y, i) => {
        const p = y * x[k * size + i]!;
        sum += p;
        magnitude += Math.abs(p);
      });
    }
    want.push(sum);
    scale.push(magnitude);
  }
  return { want, scale };
}
