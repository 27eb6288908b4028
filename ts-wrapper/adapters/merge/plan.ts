import { LowrankError } from "../../engine/errors.ts";
import type { Dtype } from "../../io/dtype.ts";
import type { Model, TensorInfo } from "../../io/model.ts";
import type { Edit } from "../adapter.ts";
import { bindAdapter, type Claims, type ConfigChange } from "../load.ts";
import { type Codec, codecBytes, codecOf, dtypeOfCodec } from "./codec.ts";
import { layOut, type PlannedFile } from "./layout.ts";
import { type MemoryPlan, planMemory } from "./memory-plan.ts";
import type { MergeOptions, WeightedAdapter } from "./options.ts";
import type { EditReport, TensorAction } from "./report.ts";

/** One adapter's edit of one tensor, its weight multiplied by the scale of the whole merge. */
export interface PlannedEdit {
  readonly adapter: number;
  readonly weight: number;
  readonly edit: Edit;
}

/** One tensor of the output. */
export interface PlannedTensor {
  readonly name: string;
  readonly action: TensorAction;
  /** The base tensor its bytes start from. */
  readonly from: TensorInfo;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
  readonly edits: readonly PlannedEdit[];
}

export interface PlannedAdapter {
  readonly name: string;
  readonly kind: string;
  readonly weight: number;
  readonly unused: readonly string[];
}

/** What a merge will do, before a weight is read. */
export interface MergePlan {
  readonly base: string;
  readonly adapters: readonly PlannedAdapter[];
  readonly tensors: readonly PlannedTensor[];
  readonly files: readonly PlannedFile[];
  readonly memory: MemoryPlan;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Bytes that must be free where the output goes. */
  readonly diskNeeded: number;
  readonly warnings: readonly string[];
  /** Entries of `config.json` that the merge changes; none in most merges. */
  readonly configChanges: readonly ConfigChange[];
  /** What each adapter repeats of the base, to be compared before anything is written. */
  readonly claims: readonly Claims[];
}

/** Plans without reading a weight. Throws everything that a merge of these inputs would refuse, but for NaN in the data. */
export function planMerge(
  base: Model,
  adapters: readonly WeightedAdapter[],
  options: MergeOptions & { readonly memory?: number } = {},
): MergePlan {
  if (adapters.length === 0) throw new LowrankError("USAGE", "merge", "no adapter was given, one or more are needed");
  const scale = finite("scale", options.scale ?? 1);
  const bound = adapters.map(({ adapter }) => bindAdapter(adapter, base, bindOptions(options)));
  const planned = adapters.map(({ adapter, weight }, i) => ({
    name: adapter.name,
    kind: adapter.kind.name,
    weight: finite(`weight of ${adapter.name}`, weight ?? 1),
    unused: bound[i]!.unused,
  }));
  const edits = new Map<string, PlannedEdit[]>();
  bound.forEach((b, adapter) => {
    for (const edit of b.edits) {
      const list = edits.get(edit.target) ?? [];
      list.push({ adapter, weight: planned[adapter]!.weight * scale, edit });
      edits.set(edit.target, list);
    }
  });
  const sources = sourcesOf(base, bound);
  const tensors = [...sources].map(([name, from]) =>
    planTensor(base.name, name, from, edits.get(name) ?? [], options.dtype ?? "same"),
  );
  const files = layOut(base, tensors, options.shardSize);
  const memory = planMemory(base, tensors, options);
  const bytesWritten =
    files.reduce((sum, f) => sum + f.byteLength, 0) + base.sideFiles.reduce((sum, f) => sum + f.source.byteLength, 0);
  return {
    base: base.name,
    adapters: planned,
    tensors,
    files,
    memory,
    bytesRead:
      base.shards.reduce((sum, s) => sum + s.source.byteLength, 0) +
      adapters.reduce((sum, a) => sum + a.adapter.files.reduce((n, f) => n + f.byteLength, 0), 0),
    bytesWritten,
    diskNeeded: bytesWritten,
    warnings: [...adapters.flatMap((a) => a.adapter.warnings), ...bound.flatMap((b) => b.warnings)],
    configChanges: configChanges(base, bound, options),
    claims: bound,
  };
}

function bindOptions(options: MergeOptions): Parameters<typeof bindAdapter>[2] {
  return {
    allowUnused: options.allowUnused ?? false,
    residualBase: options.residualBase ?? false,
    ...(options.tied === undefined ? {} : { tied: options.tied }),
  };
}

function finite(what: string, value: number): number {
  if (!Number.isFinite(value)) throw new LowrankError("USAGE", "merge", `${what} is ${value}, a finite number was needed`);
  return value;
}

type Bound = ReturnType<typeof bindAdapter>;

/** Output tensors in the order their bytes lie in the base, then those that the base does not have. */
function sourcesOf(base: Model, bound: readonly Bound[]): Map<string, TensorInfo> {
  const sources = new Map<string, TensorInfo>();
  for (const shard of base.shards) for (const t of shard.tensors) sources.set(t.name, t);
  for (const b of bound) for (const extra of b.extra) sources.set(extra.name, base.tensors.get(extra.from)!);
  return sources;
}

function planTensor(base: string, name: string, from: TensorInfo, edits: readonly PlannedEdit[], wanted: string): PlannedTensor {
  const codec = codecOf(from.dtype);
  if (edits.length > 0 && codec === undefined) {
    const text = `is ${from.dtype}, F32, F16 or BF16 was needed to merge into it; dequantize the base first`;
    throw new LowrankError("MISMATCH", base, `${name} ${text}`, { file: base, tensor: name });
  }
  const target = codec === undefined || wanted === "same" ? codec : (wanted as Codec);
  const dtype = target === undefined ? from.dtype : dtypeOfCodec[target];
  const replace = checkTogether(base, name, from, edits);
  const shape = replace?.edit.tensor.shape ?? from.shape;
  const elements = shape.reduce((n, d) => n * d, 1);
  const byteLength = target === undefined ? from.byteLength : elements * codecBytes[target];
  return { name, action: actionOf(edits, dtype !== from.dtype), from, dtype, shape, byteLength, edits };
}

function actionOf(edits: readonly PlannedEdit[], converts: boolean): TensorAction {
  const ops = new Set(edits.map((e) => e.edit.op));
  if (ops.has("low-rank")) return "merged";
  if (ops.has("replace")) return "replaced";
  if (ops.has("rows")) return "rows";
  return converts ? "converted" : "copied";
}

type PlannedReplace = PlannedEdit & { readonly edit: Extract<Edit, { op: "replace" }> };

/** Refuses edits of one tensor whose result would depend on their order. Returns the replacement, if there is one. */
function checkTogether(base: string, name: string, from: TensorInfo, edits: readonly PlannedEdit[]): PlannedReplace | undefined {
  const refuse = (text: string): never => {
    throw new LowrankError("MISMATCH", base, `${name} ${text}`, { file: base, tensor: name });
  };
  const replaces = edits.filter((e): e is PlannedReplace => e.edit.op === "replace");
  const rows = edits.filter((e) => e.edit.op === "rows");
  if (replaces.length > 1) refuse("is replaced whole by two adapters, one can do so; merge them one after the other");
  if (rows.length > 0 && edits.length > 1) {
    refuse("has single rows replaced by one adapter and is changed by another edit, too; merge them one after the other");
  }
  const replace = replaces[0];
  const same = replace === undefined || String(replace.edit.tensor.shape) === String(from.shape);
  // One adapter may replace a tensor by a larger one and add to that, as PEFT does with a vocabulary that grew.
  if (!same && edits.some((e) => e.adapter !== replace.adapter || e.weight !== 1)) {
    refuse("changes its shape, so it can only be taken whole: weight 1 and no other adapter on it were needed");
  }
  return replace;
}

function configChanges(base: Model, bound: readonly Bound[], options: MergeOptions): ConfigChange[] {
  const changes = bound.flatMap((b) => b.configChanges);
  const dtype = { f32: "float32", f16: "float16", bf16: "bfloat16", same: undefined }[options.dtype ?? "same"];
  // transformers renamed `torch_dtype` to `dtype`: the key that is there is the one that is read.
  for (const key of ["torch_dtype", "dtype"]) if (dtype && base.config?.has(key)) changes.push({ path: [key], value: dtype });
  return changes;
}

/** Whether a replacement has another shape than the base tensor, so that no byte of the base is used. */
export function isResized(tensor: PlannedTensor): boolean {
  return String(tensor.shape) !== String(tensor.from.shape);
}

/** One edit as reports show it. */
export function describeEdit({ adapter, weight, edit }: PlannedEdit): EditReport {
  if (edit.op !== "low-rank") return { adapter, op: edit.op };
  return {
    adapter,
    op: edit.op,
    scale: weight * edit.scale,
    scaleWhy: edit.scaleWhy,
    rank: edit.rank,
    ...(edit.magnitude ? { dora: edit.magnitude.along } : {}),
  };
}
