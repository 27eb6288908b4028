import { describeEdit, type MergePlan, type PlannedTensor } from "../../adapters/merge/plan.ts";
import type { Colors } from "../colors.ts";
import { clean, formatBytes, formatMemory, formatShape, plural } from "../format.ts";
import { distinct, groupByPattern } from "../groups.ts";
import { blocks, fields, table } from "../table.ts";
import { adapterTable, editWords } from "./edits.ts";
import { counts } from "./merge-report.ts";

/** A plan, and what is known of the place it would write to. */
export interface Planned {
  readonly plan: MergePlan;
  readonly out: string | undefined;
  /** Bytes free there. */
  readonly free: number | undefined;
}

/** What a merge would do, for people. */
export function renderPlan({ plan, out, free }: Planned, colors: Colors): string {
  const tensors = plan.tensors.map(described);
  return blocks(
    `${colors.bold("Plan")} ${plan.base} → ${out ?? "(no --out given)"}; nothing is written`,
    adapterTable(plan.adapters, tensors, colors),
    groups(tensors, colors),
    fields(
      [
        ["tensors", counts(plan.tensors)],
        ["memory", memory(plan)],
        ["read", formatBytes(plan.bytesRead)],
        ["written", `${formatBytes(plan.bytesWritten)}, ${plural(plan.files.length, "file")} of weights`],
        ["disk", disk(plan, free, colors)],
        ["config", changes(plan)],
      ],
      colors,
    ),
    table(
      [{ title: "file" }, { title: "size", align: "right" }, { title: "tensors", align: "right" }],
      plan.files.map((f) => [f.file, formatBytes(f.byteLength), String(f.tensors.length)]),
      colors,
    ),
  );
}

function described(tensor: PlannedTensor): Omit<PlannedTensor, "edits"> & { readonly edits: ReturnType<typeof describeEdit>[] } {
  return { ...tensor, edits: tensor.edits.map(describeEdit) };
}

function groups(tensors: readonly ReturnType<typeof described>[], colors: Colors): string {
  const rows = [...groupByPattern(tensors)].map(([pattern, members]) => [
    clean(pattern),
    String(members.length),
    distinct(members.map((t) => t.action)),
    distinct(members.map((t) => (t.dtype === t.from.dtype ? t.dtype : `${t.from.dtype} → ${t.dtype}`))),
    distinct(members.map((t) => formatShape(t.shape))),
    formatBytes(members.reduce((n, t) => n + t.byteLength, 0)),
    editWords(members),
  ]);
  return table(
    [
      { title: "tensors" },
      { title: "count", align: "right" },
      { title: "action" },
      { title: "type" },
      { title: "shape" },
      { title: "size", align: "right" },
      { title: "change" },
    ],
    rows,
    colors,
  );
}

function memory({ memory: m }: MergePlan): string {
  const parts = [
    ["runtime", m.runtime],
    ["headers", m.headers],
    ["tiles", m.tiles],
    ["scratch", m.scratch],
    ["factors", m.factors],
  ] as const;
  const named = parts.filter(([, n]) => n > 0).map(([name, n]) => `${name} ${formatMemory(n)}`);
  return `at most ${formatMemory(m.peak)} of ${formatMemory(m.ceiling)} (${named.join(", ")})`;
}

function disk(plan: MergePlan, free: number | undefined, colors: Colors): string {
  const text = `${formatBytes(plan.diskNeeded)} needed${free === undefined ? "" : `, ${formatBytes(free)} free`}`;
  return free !== undefined && free < plan.diskNeeded ? colors.red(text) : text;
}

function changes(plan: MergePlan): string | undefined {
  if (plan.configChanges.length === 0) return undefined;
  return plan.configChanges.map(({ path, value }) => `${path.join(".")} = ${JSON.stringify(value)}`).join(", ");
}

/** A plan as JSON: everything but the bytes. */
export function planToJson({ plan, out, free }: Planned): Readonly<Record<string, unknown>> {
  const files = new Map(plan.files.flatMap((f) => f.tensors.map((t) => [t.tensor.name, f.file] as const)));
  return {
    base: plan.base,
    out: out ?? null,
    adapters: plan.adapters,
    tensors: plan.tensors.map((t) => ({
      name: t.name,
      file: files.get(t.name),
      action: t.action,
      dtype: t.dtype,
      ...(t.dtype === t.from.dtype ? {} : { dtypeFrom: t.from.dtype }),
      shape: t.shape,
      byteLength: t.byteLength,
      ...(t.from.name === t.name ? {} : { from: t.from.name }),
      edits: t.edits.map(describeEdit),
    })),
    files: plan.files.map((f) => ({ file: f.file, byteLength: f.byteLength, tensors: f.tensors.length })),
    memory: plan.memory,
    bytesRead: plan.bytesRead,
    bytesWritten: plan.bytesWritten,
    diskNeeded: plan.diskNeeded,
    diskFree: free ?? null,
    configChanges: plan.configChanges,
    warnings: plan.warnings,
  };
}
