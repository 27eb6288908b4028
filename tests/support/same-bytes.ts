import type { MergeOptions } from "../../ts-wrapper/adapters/merge/options.ts";

/** Merges of the example model whose bytes are the same everywhere. */
export const sameBytesCases: readonly (MergeOptions & {
  readonly key: string;
  readonly adapters: readonly (readonly [string, number])[];
})[] = [
  { key: "lora", adapters: [["lora-licences", 1]] },
  { key: "lora f16", adapters: [["lora-licences", 1]], dtype: "f16" },
  { key: "rslora f64 sums", adapters: [["rslora-patterns", 1]], accumulate: "f64" },
  { key: "dora", adapters: [["dora-manual", 1]] },
  { key: "lora-full f32", adapters: [["lora-full", 1]], dtype: "f32" },
  {
    key: "three",
    adapters: [
      ["lora-licences", 0.7],
      ["rslora-patterns", -0.3],
      ["dora-manual", 0.5],
    ],
  },
];
