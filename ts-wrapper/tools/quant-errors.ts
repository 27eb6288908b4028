import { readFile } from "node:fs/promises";
import { createEngine } from "../engine/create.ts";
import { dequantize } from "../quant/dequantize.ts";
import { quantTypes } from "../quant/index.ts";
import type { QuantTypeName } from "../quant/quant-type.ts";
import { quantize } from "../quant/quantize.ts";

interface Manifest {
  /** How many of the first weights of the fixture are those of the example model. */
  readonly real: number;
  readonly types: Readonly<Record<string, { readonly "rmse of real by ggml"?: number }>>;
}

export interface QuantError {
  /** Root mean square of what quantizing weights of the example model loses, relative to that of the weights. */
  readonly ours: number;
  /** The same by ggml's own library, where it has the type. */
  readonly ggml: number | undefined;
}

/** What every type loses on the weights of `tests/fixtures/quant`, which ggml's library has quantized as well (make/quant.py). */
export async function quantErrors(): Promise<ReadonlyMap<QuantTypeName, QuantError>> {
  const folder = "tests/fixtures/quant";
  const manifest = JSON.parse(await readFile(`${folder}/quant.json`, "utf8")) as Manifest;
  const bytes = new Uint8Array(await readFile(`${folder}/weights.f32`));
  const data = new Float32Array(bytes.buffer).subarray(0, manifest.real);
  const size = Math.sqrt(data.reduce((sum, w) => sum + w * w, 0) / data.length);
  const a = { rows: data.length / 256, cols: 256, data };
  await using engine = await createEngine({ build: "simd", quant: true });
  return new Map(
    quantTypes.map(({ name }) => {
      const back = dequantize(engine, quantize(engine, a, name)).data;
      const ours = Math.sqrt(data.reduce((sum, w, i) => sum + (w - back[i]!) ** 2, 0) / data.length) / size;
      const theirs = manifest.types[name.toLowerCase()]?.["rmse of real by ggml"];
      return [name, { ours, ggml: theirs === undefined ? undefined : theirs / size }];
    }),
  );
}
