// ONNX Runtime on wasm: models of one node, written here. Constant operands are packed when the session starts; the others, and
// results, are copied in and out in every step, which is how it is used.
import type { FloatDtype, Floats } from "../../ts-wrapper/engine/engine.ts";
import type { Contestant } from "../bench.ts";
import type { GemmData, GemvData, UpdateData } from "../operations.ts";
import { transposed } from "./arrays.ts";
import { load, versionOf } from "./load.ts";
import { type OneNodeModel, type OnnxType, onnxModel } from "./onnx-model.ts";
import type { PeerDefinition } from "./peer.ts";

interface OrtTensor {
  readonly data: Floats;
  dispose(): void;
}

interface Session {
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

interface Ort {
  readonly env: {
    readonly wasm: { numThreads: number; wasmPaths?: string; proxy: boolean };
    readonly versions: { readonly web?: string };
    logLevel: string;
  };
  readonly Tensor: new (type: string, data: Floats, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
}

const typeNames: Readonly<Record<OnnxType, string>> = { f32: "float32", f64: "float64", i8: "int8" };

export const onnxruntimeWeb: PeerDefinition = {
  name: "onnxruntime-web",
  async start({ threads, files }) {
    const ort = await load<Ort>("onnxruntime-web");
    ort.env.wasm.numThreads = threads;
    ort.env.wasm.proxy = false;
    ort.env.logLevel = "error";
    if (files) ort.env.wasm.wasmPaths = `${files}/onnxruntime-web/dist/`;

    const contestant = async <R>(
      model: OneNodeModel,
      feeds: readonly Floats[],
      read: (data: Floats) => R,
      note: string,
    ): Promise<Contestant<R>> => {
      const session = await ort.InferenceSession.create(onnxModel(model), {
        executionProviders: ["wasm"],
        graphOptimizationLevel: "all",
      });
      const tensors = model.inputs.map(
        ({ name, type, shape }, i) => [name, new ort.Tensor(typeNames[type], feeds[i]!, shape)] as const,
      );
      const inputs = Object.fromEntries(tensors);
      let last: OrtTensor | undefined;
      return {
        note,
        async step() {
          last = (await session.run(inputs))[model.output.name];
        },
        result: () => read(last!.data),
        [Symbol.dispose]: () => void session.release(),
      };
    };

    const product = (dtype: FloatDtype, m: number, n: number, k: number, a: Floats, b: Floats): Promise<Contestant<Floats>> =>
      contestant(
        {
          op: "MatMul",
          operands: ["x", "w"],
          inputs: [{ name: "x", type: dtype, shape: [m, k] }],
          initializers: [{ name: "w", type: dtype, shape: [k, n], data: b }],
          output: { name: "y", type: dtype, shape: [m, n] },
        },
        [a],
        (data) => data,
        "constant packed once",
      );

    return {
      name: this.name,
      version: await versionOf(this.name, ort.env.versions.web),
      build: "wasm",
      threads,
      operations: {
        gemm: ({ dtype, m, n, k, transB, a, b }: GemmData) => product(dtype, m, n, k, a, transB ? transposed(b, n, k) : b),
        int8Gemm({ m, n, k, w, x }) {
          const columns = new Int8Array(k * n);
          for (let i = 0; i < n; i++) for (let j = 0; j < k; j++) columns[j * n + i] = w[i * k + j]!;
          const model: OneNodeModel = {
            op: "DynamicQuantizeMatMul",
            domain: "com.microsoft",
            operands: ["x", "w", "s"],
            inputs: [{ name: "x", type: "f32", shape: [m, k] }],
            initializers: [
              { name: "w", type: "i8", shape: [k, n], data: columns },
              { name: "s", type: "f32", shape: [n], data: new Float32Array(n).fill(1) },
            ],
            output: { name: "y", type: "f32", shape: [m, n] },
          };
          return contestant(model, [x], (data) => data, "DynamicQuantizeMatMul, constant packed once");
        },
        gemv: ({ dtype, m, n, a, x }: GemvData) => product(dtype, 1, m, n, x, transposed(a, m, n)),
        update({ stored, m, n, r, scale, w, a, b }: UpdateData) {
          if (stored !== "f32") return undefined;
          const model: OneNodeModel = {
            op: "Gemm",
            operands: ["b", "a", "w"],
            attributes: { alpha: scale, beta: 1 },
            inputs: [
              { name: "b", type: "f32", shape: [m, r] },
              { name: "a", type: "f32", shape: [r, n] },
              { name: "w", type: "f32", shape: [m, n] },
            ],
            output: { name: "y", type: "f32", shape: [m, n] },
          };
          const bytes = (data: Floats): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
          return contestant(model, [b, a, new Float32Array(w.buffer)], bytes, "copied in and out");
        },
      },
    };
  },
};
