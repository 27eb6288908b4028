import type { Engine, FloatDtype, Floats } from "../engine/engine.ts";
import { svd } from "../linalg/svd.ts";
import { gemmWork, gemvWork, updateWork } from "./kernel-work.ts";

/** Work that is measured on a device: what it needs, and whether its result is right. */
export interface DeviceCase {
  readonly name: string;
  /** What a user does with it. */
  readonly use: string;
  /** What its arithmetic runs in. */
  readonly dtype: FloatDtype;
  /** Floating-point operations of a step; undefined where they depend on the numbers. */
  readonly flops?: number;
  /** Bytes of operands and results. */
  readonly bytes: number;
  prepare(engine: Engine): PreparedCase;
}

export interface PreparedCase {
  step(): void;
  /** What the last step got wrong, in words, or nothing. */
  wrong(): string | undefined;
  [Symbol.dispose](): void;
}

const GEMM = 512;
const GEMV = 4096;
const RANK = 16;
const SVD = 256;
/** Elements of a result that are compared. */
const COMPARED = 64;

/** n values in [−1, 1) from a generator with a seed (xorshift32). */
function values(n: number, seed: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(n);
  let x = seed;
  for (let i = 0; i < n; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    out[i] = x / 2147483648;
  }
  return out;
}

/** Compares elements spread over a result with `want`, which gives value and bound in float64. */
function compare(got: Floats, want: (index: number) => { readonly value: number; readonly bound: number }): string | undefined {
  const stride = Math.max(1, Math.floor(got.length / COMPARED) - 1);
  for (let i = 0; i < got.length; i += stride) {
    const { value, bound } = want(i);
    if (!(Math.abs(got[i]! - value) <= bound))
      return `element ${i} is ${got[i]}, ${value} ± ${bound.toExponential(1)} was needed`;
  }
  return undefined;
}

/** Σ aₖ·bₖ and its bound, for rows of whole numbers of terms. */
function dot(n: number, a: Floats, at: number, b: Floats, bt: number, step: number, u: number): { value: number; bound: number } {
  let value = 0;
  let size = 0;
  for (let k = 0; k < n; k++) {
    const p = a[at + k]! * b[bt + k * step]!;
    value += p;
    size += Math.abs(p);
  }
  return { value, bound: (n + 8) * u * size };
}

const unit = (dtype: FloatDtype): number => (dtype === "f32" ? 2 ** -24 : 2 ** -53);
const as = (dtype: FloatDtype, data: Float32Array<ArrayBuffer>): Floats => (dtype === "f32" ? data : Float64Array.from(data));

function gemm(dtype: FloatDtype): DeviceCase {
  const n = GEMM;
  return {
    name: `gemm ${dtype} ${n}×${n}×${n}`,
    use: dtype === "f32" ? "products of matrices: prompts, training" : "numerics in double precision",
    dtype,
    flops: 2 * n ** 3,
    bytes: 3 * n * n * (dtype === "f32" ? 4 : 8),
    prepare(engine) {
      const [a, b] = [as(dtype, values(n * n, 1)), as(dtype, values(n * n, 2))];
      const work = gemmWork(engine, { dtype, m: n, n, k: n }, a, b);
      return {
        step: work.step,
        wrong: () => compare(work.result(), (i) => dot(n, a, Math.floor(i / n) * n, b, i % n, n, unit(dtype))),
        [Symbol.dispose]: work[Symbol.dispose],
      };
    },
  };
}

const gemv: DeviceCase = {
  name: `gemv f32 ${GEMV}×${GEMV}`,
  use: "one token through one layer",
  dtype: "f32",
  flops: 2 * GEMV * GEMV,
  bytes: 4 * (GEMV * GEMV + 2 * GEMV),
  prepare(engine) {
    const n = GEMV;
    const [a, x] = [values(n * n, 1), values(n, 2)];
    const work = gemvWork(engine, { dtype: "f32", m: n, n }, a, x);
    return {
      step: work.step,
      wrong: () => compare(work.result(), (i) => dot(n, a, i * n, x, 0, 1, unit("f32"))),
      [Symbol.dispose]: work[Symbol.dispose],
    };
  },
};

/** The upper halves of f32 numbers. */
function encodeBf16(numbers: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bits = new Uint32Array(numbers.buffer);
  const out = new Uint16Array(numbers.length);
  for (let i = 0; i < out.length; i++) out[i] = bits[i]! >>> 16;
  return new Uint8Array(out.buffer);
}

/** bf16 as f32: the same bits, above zeros. */
function decodeBf16(bytes: Uint8Array<ArrayBuffer>): Float32Array {
  const halves = new Uint16Array(bytes.buffer);
  const out = new Uint32Array(halves.length);
  for (let i = 0; i < out.length; i++) out[i] = halves[i]! << 16;
  return new Float32Array(out.buffer);
}

const merge: DeviceCase = {
  name: `merge bf16 ${GEMV}×${GEMV}, rank ${RANK}`,
  use: "an adapter into one layer",
  dtype: "f32",
  flops: 2 * GEMV * GEMV * RANK,
  bytes: 4 * GEMV * GEMV,
  prepare(engine) {
    const [n, r, s] = [GEMV, RANK, 2];
    const w = encodeBf16(values(n * n, 1));
    const before = decodeBf16(w);
    const [b, a] = [values(n * r, 2), values(r * n, 3)];
    const work = updateWork(engine, { stored: "bf16", m: n, n, r }, w, b, a, s);
    return {
      step: work.step,
      wrong() {
        work.reset();
        work.step();
        return compare(decodeBf16(work.result()), (i) => {
          const { value, bound } = dot(r, b, Math.floor(i / n) * r, a, i % n, n, unit("f32"));
          const v = before[i]! + s * value;
          return { value: v, bound: 2 ** -8 * Math.abs(v) + 2 * s * bound + 2 ** -22 };
        });
      },
      [Symbol.dispose]: work[Symbol.dispose],
    };
  },
};

const decomposition: DeviceCase = {
  name: `svd f32 ${SVD}×${SVD}`,
  use: "spectra, extraction, starting points",
  dtype: "f32",
  bytes: 12 * SVD * SVD,
  prepare(engine) {
    const n = SVD;
    const a = { rows: n, cols: n, data: values(n * n, 1) };
    let last: ReturnType<typeof svd<Float32Array<ArrayBuffer>>> | undefined;
    return {
      step() {
        last = svd(engine, a);
      },
      wrong() {
        const { u, s, vt } = last as unknown as { u: { data: Floats }; s: Floats; vt: { data: Floats } };
        const scaled = vt.data.map((x, i) => x * s[Math.floor(i / n)]!);
        const bound = 16 * n * unit("f32") * s[0]!;
        return compare(a.data, (i) => ({ value: dot(n, u.data, Math.floor(i / n) * n, scaled, i % n, n, 0).value, bound }));
      },
      [Symbol.dispose]() {},
    };
  },
};

/** What `lowrank bench` measures, in its order. */
export const deviceCases: readonly DeviceCase[] = [gemm("f32"), gemm("f64"), gemv, merge, decomposition];
