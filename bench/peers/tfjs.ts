// TensorFlow.js on its wasm back end: XNNPACK with SIMD, one thread outside browsers. Tensors stay in its memory; f32 only.
// Transposed operands take a slow path of it, so they are given as it likes them, transposed beforehand.
import type { Contestant } from "../bench.ts";
import type { GemmData, GemvData, UpdateData } from "../operations.ts";
import { transposed } from "./arrays.ts";
import { load, versionOf } from "./load.ts";
import type { PeerDefinition } from "./peer.ts";

interface Tensor {
  dataSync(): Float32Array;
  dispose(): void;
}

interface Core {
  readonly version_core: string;
  env(): { set(flag: string, value: boolean): void; getAsync(flag: string): Promise<unknown> };
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, factor: number): Tensor;
  tidy<T>(f: () => T): T;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
}

interface Backend {
  setWasmPaths(folder: string): void;
  setThreadsCount(count: number): void;
  getThreadsCount(): number;
}

/** Keeps the last tensor that `make` made. */
function keeping<R>(operands: readonly Tensor[], make: () => Tensor, read: (t: Tensor) => R, note = ""): Contestant<R> {
  let last: Tensor | undefined;
  return {
    note,
    step() {
      last?.dispose();
      last = make();
    },
    result: () => read(last!),
    [Symbol.dispose]() {
      for (const t of [...operands, last]) t?.dispose();
    },
  };
}

export const tfjs: PeerDefinition = {
  name: "@tensorflow/tfjs-backend-wasm",
  async start({ threads, files }) {
    const tf = await load<Core>("@tensorflow/tfjs-core");
    const backend = await load<Backend>("@tensorflow/tfjs-backend-wasm");
    if (files) {
      backend.setWasmPaths(`${files}/@tensorflow/tfjs-backend-wasm/dist/`);
      // Its threads start from a blob, which the policy of the page forbids; it would wait for them for ever.
      await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT");
      tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
    }
    backend.setThreadsCount(threads);
    if (!(await tf.setBackend("wasm"))) throw new Error("its wasm back end did not start");
    await tf.ready();
    const values = (t: Tensor): Float32Array => t.dataSync();
    return {
      name: this.name,
      version: await versionOf(this.name, tf.version_core),
      build: "wasm",
      threads: files ? 1 : Math.max(1, backend.getThreadsCount()),
      operations: {
        gemm({ dtype, m, n, k, transB, a, b }: GemmData) {
          if (dtype !== "f32") return undefined;
          const ta = tf.tensor2d(a as Float32Array, [m, k]);
          const tb = tf.tensor2d((transB ? transposed(b, n, k) : b) as Float32Array, [k, n]);
          return keeping([ta, tb], () => tf.matMul(ta, tb), values, transB ? "W stored k×n" : "");
        },
        gemv({ dtype, m, n, a, x }: GemvData) {
          if (dtype !== "f32") return undefined;
          const ta = tf.tensor2d(transposed(a, m, n) as Float32Array, [n, m]);
          const tx = tf.tensor2d(x as Float32Array, [1, n]);
          return keeping([ta, tx], () => tf.matMul(tx, ta), values, "A stored n×m");
        },
        update({ stored, m, n, r, scale, w, a, b }: UpdateData) {
          if (stored !== "f32") return undefined;
          const [tw, tb, ta] = [tf.tensor2d(new Float32Array(w.buffer), [m, n]), tf.tensor2d(b, [m, r]), tf.tensor2d(a, [r, n])];
          const make = (): Tensor => tf.tidy(() => tf.add(tw, tf.mul(tf.matMul(tb, ta), scale)));
          return keeping([tw, tb, ta], make, (t) => new Uint8Array(values(t).buffer.slice(0)), "into a new tensor");
        },
      },
    };
  },
};
