import type { Adapter, Edit, FactorView, LowRankEdit, StoredTensor } from "../adapters/adapter.ts";
import { decodeValues } from "../adapters/merge/decode.ts";
import type { MergeReport } from "../adapters/merge/report.ts";
import type { Engine } from "../engine/engine.ts";
import { toPlain } from "./model-facts.ts";
import { type Dense, energyOf, productSpectrum, stableRank } from "./product-spectrum.ts";

/** One edit of one tensor, as an inspection tells it. */
export interface EditFacts {
  readonly name: string;
  readonly op: Edit["op"];
  /** Shape of one matrix, and how many there are; of what is replaced the tensor's shape. */
  readonly shape: readonly number[];
  readonly matrices: number;
  readonly rank?: number;
  /** alpha / r as the configuration has it for this tensor, and where it comes from. */
  readonly scale?: number;
  readonly scaleWhy?: string;
  readonly dora?: "rows" | "columns";
  /** ‖scale·B·A‖, Frobenius. */
  readonly norm?: number;
  /** Largest singular value of scale·B·A. */
  readonly spectralNorm?: number;
  /** ‖B·A‖² / σ₁²; of several matrices the largest. `null` where B·A is zero. */
  readonly stableRank?: number | null;
  /** ‖ΔW‖ / ‖W‖, with a base. */
  readonly relativeChange?: number | null;
  /** Share of ΔW that is left after rounding to the type of the base, with a base. */
  readonly survival?: number | null;
}

/** What an adapter's files say, and what its factors multiply to. */
export interface AdapterFacts {
  readonly name: string;
  readonly kind: string;
  readonly title: string;
  readonly formula: string;
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
  readonly tensors: number;
  readonly parameters: number;
  readonly dtypes: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  /** The base it was bound to; `null` where its own shapes stood in for one. */
  readonly base: string | null;
  readonly edits: readonly EditFacts[];
  /** With a base: over all edited tensors. */
  readonly totals?: { readonly relativeChange: number | null; readonly survival: number | null };
  readonly unused: readonly string[];
  readonly warnings: readonly string[];
}

/** Fields of the configuration that tell what the adapter is. */
const highlights = [
  ...["base_model_name_or_path", "r", "lora_alpha", "use_rslora", "use_dora", "rank_pattern", "alpha_pattern", "target_modules"],
  ...[
    "exclude_modules",
    "target_parameters",
    "layers_to_transform",
    "modules_to_save",
    "trainable_token_indices",
    "bias",
    "lora_bias",
  ],
  ...["fan_in_fan_out", "init_lora_weights", "peft_version"],
];

export interface Bound {
  /** Name of the base; `undefined` where the adapter's shapes stood in for it. */
  readonly base: string | undefined;
  readonly edits: readonly Edit[];
  readonly unused: readonly string[];
  readonly warnings: readonly string[];
  /** What a merge into this base gave. */
  readonly report: MergeReport | undefined;
}

/** Reads the factors and computes their norms. */
export async function adapterFacts(engine: Engine, adapter: Adapter, bound: Bound, signal: AbortSignal): Promise<AdapterFacts> {
  const tensors = [...adapter.tensors.values()];
  const edits: EditFacts[] = [];
  for (const edit of bound.edits) {
    signal.throwIfAborted();
    const merged = bound.report?.tensors.find((t) => t.name === edit.target);
    edits.push({
      ...(await factsOf(engine, edit)),
      ...(merged ? { relativeChange: merged.relativeChange, survival: merged.survival } : {}),
    });
  }
  const totals = bound.report?.totals;
  return {
    name: adapter.name,
    kind: adapter.kind.name,
    title: adapter.kind.title,
    formula: adapter.kind.formula,
    files: adapter.files.map((f) => ({ file: f.name, bytes: f.byteLength })),
    tensors: tensors.length,
    parameters: tensors.reduce((n, t) => n + elementsOf(t.shape), 0),
    dtypes: [...new Set(tensors.map((t) => t.dtype))],
    config: picked(adapter),
    base: bound.base ?? null,
    edits,
    ...(totals ? { totals: { relativeChange: totals.relativeChange, survival: totals.survival } } : {}),
    unused: bound.unused,
    warnings: [...adapter.warnings, ...bound.warnings],
  };
}

async function factsOf(engine: Engine, edit: Edit): Promise<EditFacts> {
  if (edit.op !== "low-rank") return { name: edit.target, op: edit.op, shape: edit.tensor.shape, matrices: 1 };
  const { rank, scale, scaleWhy, rows, cols, left, magnitude } = edit;
  return {
    name: edit.target,
    op: edit.op,
    shape: [rows, cols],
    matrices: left.length,
    rank,
    scale,
    scaleWhy,
    ...(magnitude ? { dora: magnitude.along } : {}),
    ...(await normsOf(engine, edit)),
  };
}

type Norms = Pick<EditFacts, "norm" | "spectralNorm" | "stableRank">;

async function normsOf(engine: Engine, { left, right, scale }: LowRankEdit): Promise<Norms> {
  const values = new Map<StoredTensor, Float64Array>();
  let energy = 0;
  let top = 0;
  let most: number | undefined;
  for (const [i, view] of left.entries()) {
    const spectrum = productSpectrum(engine, await dense(view, values), await dense(right[i]!, values));
    energy += energyOf(spectrum);
    top = Math.max(top, spectrum[0] ?? 0);
    const stable = stableRank(spectrum);
    if (stable !== undefined) most = Math.max(most ?? 0, stable);
  }
  return { norm: Math.abs(scale) * Math.sqrt(energy), spectralNorm: Math.abs(scale) * top, stableRank: most ?? null };
}

/** A factor as doubles; a tensor that several views share is read once. */
async function dense(view: FactorView, known: Map<StoredTensor, Float64Array>): Promise<Dense> {
  let values = known.get(view.tensor);
  if (!values) {
    values = decodeValues(await view.tensor.read(), view.tensor.dtype);
    known.set(view.tensor, values);
  }
  const { rows, cols, offset, rowStride, colStride } = view;
  const data = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) data[i * cols + j] = values[offset + i * rowStride + j * colStride]!;
  return { rows, cols, data };
}

/** Fields that are set to something. */
function picked(adapter: Adapter): Record<string, unknown> {
  const says = (value: unknown): boolean => {
    if (value === undefined || value === null || value === false || value === "none") return false;
    return value instanceof Map ? value.size > 0 : !Array.isArray(value) || value.length > 0;
  };
  const isDefault = (key: string): boolean => key === "init_lora_weights" && adapter.config.get(key) === true;
  const told = highlights.filter((key) => says(adapter.config.get(key)) && !isDefault(key));
  return Object.fromEntries(told.map((key) => [key, toPlain(adapter.config.get(key)!)]));
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}
