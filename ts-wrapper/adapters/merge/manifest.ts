import { version } from "../../engine/version.gen.ts";
import { JsonNumber, type JsonTree, type JsonValue, parseJsonRaw, writeJson } from "../../io/json.ts";
import type { Model } from "../../io/model.ts";
import type { ConfigChange } from "../load.ts";
import type { MergeJob } from "./options.ts";
import { INDEX } from "./output.ts";
import { describeEdit, type MergePlan, type PlannedTensor } from "./plan.ts";
import {
  type AdapterReport,
  addEnergies,
  type Energies,
  type FileReport,
  type MergeReport,
  noEnergy,
  relativeChangeOf,
  survivalOf,
  type TensorReport,
} from "./report.ts";

/** What the report is put together from, once everything is written. */
export interface Outcome {
  readonly baseFiles: readonly FileReport[];
  readonly adapterFiles: readonly (readonly FileReport[])[];
  readonly outputs: readonly FileReport[];
  readonly energies: ReadonlyMap<string, Energies>;
}

export function reportOf(job: MergeJob, plan: MergePlan, outcome: Outcome): MergeReport {
  const files = new Map(plan.files.flatMap((f) => f.tensors.map((t) => [t.tensor.name, f.file] as const)));
  const total = [...outcome.energies.values()].reduce(addEnergies, noEnergy);
  return {
    schema: 1,
    tool: `lowrank ${version}`,
    options: {
      dtype: job.dtype ?? "same",
      accumulate: job.accumulate ?? "f32",
      scale: job.scale ?? 1,
      tied: job.tied ?? null,
      math: job.engine.math,
    },
    base: { name: lastPart(plan.base), files: outcome.baseFiles },
    adapters: plan.adapters.map((a, i): AdapterReport => ({ ...a, name: lastPart(a.name), files: outcome.adapterFiles[i]! })),
    outputs: outcome.outputs,
    tensors: plan.tensors.map((t) => tensorReport(t, files.get(t.name)!, outcome.energies.get(t.name))),
    totals: {
      tensors: plan.tensors.length,
      edited: plan.tensors.filter((t) => t.edits.length > 0).length,
      relativeChange: relativeChangeOf(total),
      survival: survivalOf(total),
    },
    warnings: plan.warnings,
  };
}

function tensorReport(t: PlannedTensor, file: string, energies: Energies | undefined): TensorReport {
  return {
    name: t.name,
    file,
    action: t.action,
    dtype: t.dtype,
    ...(t.dtype === t.from.dtype ? {} : { dtypeFrom: t.from.dtype }),
    shape: t.shape,
    ...(t.from.name === t.name ? {} : { from: t.from.name }),
    edits: t.edits.map(describeEdit),
    relativeChange: energies ? relativeChangeOf(energies) : null,
    survival: energies ? survivalOf(energies) : null,
  };
}

/** The last part of a path or URL: a manifest says nothing about the machine it was made on. */
export function lastPart(name: string): string {
  return name.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, "");
}

/** `model.safetensors.index.json` of the output; `undefined` where one file needs none. */
export function indexOf(base: Model, plan: MergePlan): { readonly file: string; readonly text: string } | undefined {
  if (plan.files.length === 1 && (base.index === undefined || base.shards.length > 1)) return undefined;
  const total = plan.tensors.reduce((n, t) => n + t.byteLength, 0);
  const metadata = new Map([...(base.index?.metadata ?? []), ["total_size", total] as const]);
  const pairs = plan.files.flatMap((f) => f.tensors.map((t) => [t.tensor.name, f.file] as const));
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  const text = writeJson(
    new Map<string, JsonValue>([
      ["metadata", metadata],
      ["weight_map", new Map(pairs)],
    ]),
    { indent: 2 },
  );
  return { file: base.index?.file ?? INDEX, text: `${text}\n` };
}

/** `config.json` with the changes, or `undefined` where nothing changes. What is not changed is written as it was. */
export function configText(bytes: Uint8Array, changes: readonly ConfigChange[]): Uint8Array | undefined {
  if (changes.length === 0) return undefined;
  const config = parseJsonRaw(bytes, { file: "config.json", nonFinite: true });
  const changed = changes.reduce((tree, { path, value }) => withValue(tree, path, value), config);
  return new TextEncoder().encode(`${writeJson(changed, { indent: 2 })}\n`);
}

type RawTree = JsonTree<JsonNumber>;

function withValue(tree: RawTree, path: readonly string[], value: ConfigChange["value"]): RawTree {
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === "number" ? new JsonNumber(String(value)) : value;
  const map = tree instanceof Map ? tree : new Map<string, RawTree>();
  return new Map([...map, [key, withValue(map.get(key) ?? null, rest, value)]]);
}
