import type { MergeReport, TensorReport } from "../../adapters/merge/report.ts";
import type { Colors } from "../colors.ts";
import { formatBytes, formatDuration, formatNumber, formatRate, formatShare, plural } from "../format.ts";
import { distinct } from "../groups.ts";
import { blocks, fields, table } from "../table.ts";
import type { Timings } from "../timings.ts";
import { adapterTable } from "./edits.ts";

/** Tensors shown of those that keep the least of their change. */
const WORST = 3;
/** Below this share the summary tells how to keep more. */
const LOW = 0.9;

export interface Finished {
  readonly base: string;
  readonly out: string;
  readonly report: MergeReport;
  readonly timings: Timings;
  readonly verified: boolean;
}

/** The summary of a finished merge. */
export function renderMergeReport({ base, out, report, timings, verified }: Finished, colors: Colors): string {
  const edited = report.tensors.filter((t) => t.edits.length > 0);
  return blocks(
    `${colors.bold("Merged")} ${base} → ${out}`,
    adapterTable(report.adapters, report.tensors, colors),
    fields(
      [
        ["tensors", counts(report.tensors)],
        [
          "change",
          report.totals.relativeChange === null ? undefined : `‖ΔW‖/‖W‖ = ${formatNumber(report.totals.relativeChange)}`,
        ],
        ["survival", survival(report, edited, colors)],
        ["verified", verified ? colors.green("read back and equal, sampled rows recomputed") : colors.yellow("no (--no-verify)")],
      ],
      colors,
    ),
    worst(edited, colors),
    table(
      [{ title: "file" }, { title: "size", align: "right" }, { title: "SHA-256" }],
      report.outputs.map((f) => [f.file, formatBytes(f.bytes), `${f.sha256.slice(0, 16)}…`]),
      colors,
    ),
    colors.dim(`  ${speed(timings)}`),
  );
}

const actions: readonly TensorReport["action"][] = ["merged", "replaced", "rows", "converted", "copied"];

/** `35 merged, 12 copied`. */
export function counts(tensors: readonly { readonly action: TensorReport["action"] }[]): string {
  const parts = actions
    .map((action) => [action, tensors.filter((t) => t.action === action).length] as const)
    .filter(([, n]) => n > 0);
  return parts.map(([action, n]) => `${n} ${action === "rows" ? "with rows replaced" : action}`).join(", ");
}

function survival(report: MergeReport, edited: readonly TensorReport[], colors: Colors): string | undefined {
  const share = report.totals.survival;
  if (share === null) return undefined;
  const types = distinct(edited.map((t) => t.dtype));
  const text = `${formatShare(share)} of ΔW is left after rounding to ${types}`;
  return share < LOW ? colors.yellow(`${text}; a wider --dtype keeps more`) : text;
}

function worst(edited: readonly TensorReport[], colors: Colors): string {
  const rounded = edited
    .filter((t) => t.survival !== null && t.survival < 1)
    .sort((a, b) => (a.survival ?? 1) - (b.survival ?? 1));
  return table(
    [{ title: "least left of" }, { title: "type" }, { title: "survival", align: "right" }, { title: "‖ΔW‖/‖W‖", align: "right" }],
    rounded
      .slice(0, WORST)
      .map((t) => [
        t.name,
        t.dtype,
        formatShare(t.survival ?? 1),
        t.relativeChange === null ? "–" : formatNumber(t.relativeChange),
      ]),
    colors,
  );
}

function speed({ elapsedMs, phases }: Timings): string {
  const { merge } = phases;
  const parts = [`done in ${formatDuration(elapsedMs)}`];
  if (merge) {
    parts.push(`read ${formatBytes(merge.bytesRead)}`, `wrote ${formatBytes(merge.bytesWritten)}`);
    parts.push(`merged at ${formatRate(merge.bytesWritten, merge.elapsedMs)}`);
  }
  return parts.join(", ");
}

/** One line for each adapter whose tensors are left over, for warnings. */
export function unusedWarnings(adapters: readonly { readonly name: string; readonly unused: readonly string[] }[]): string[] {
  return adapters
    .filter((a) => a.unused.length > 0)
    .map(
      (a) =>
        `${a.name}: ${plural(a.unused.length, "tensor")} found no place in the base: ${a.unused.slice(0, WORST).join(", ")}${a.unused.length > WORST ? ", …" : ""}`,
    );
}
