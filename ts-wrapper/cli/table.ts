import Table from "cli-table3";
import type { Colors } from "./colors.ts";

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. Default left. */
  readonly align?: "left" | "right";
}

const noLines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
} as const; // prettier than boxes: columns are told apart by alignment alone

/** Aligned columns under dim titles, indented by two; no lines. Empty for no rows. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], colors: Colors): string {
  if (rows.length === 0) return "";
  return render(
    columns.map((c) => c.align ?? "left"),
    [columns.map((c) => colors.dim(c.title)), ...rows],
  );
}

/** Labels in a dim column and what they say beside them; pairs without a value are left out. */
export function fields(pairs: readonly (readonly [label: string, value: string | undefined])[], colors: Colors): string {
  const rows = pairs
    .filter((p): p is readonly [string, string] => p[1] !== undefined)
    .map(([label, value]) => [colors.dim(label), value]);
  return rows.length ? render(["left", "left"], rows) : "";
}

function render(colAligns: ("left" | "right")[], rows: readonly (readonly string[])[]): string {
  const out = new Table({ chars: noLines, style: { "padding-left": 0, "padding-right": 0, head: [], border: [] }, colAligns });
  for (const row of rows) out.push([...row]);
  return out
    .toString()
    .split("\n")
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
}

/** Blocks of text with an empty line between those that have any. */
export function blocks(...parts: readonly (string | undefined)[]): string {
  return parts.filter((p) => p !== undefined && p !== "").join("\n\n");
}
