import type { EditReport } from "../../adapters/merge/report.ts";
import type { Colors } from "../colors.ts";
import { formatNumber, formatRange } from "../format.ts";
import { distinct } from "../groups.ts";
import { type Column, table } from "../table.ts";

interface Edited {
  readonly edits: readonly EditReport[];
}

interface Named {
  readonly name: string;
  readonly kind: string;
  readonly weight: number;
}

const columns: readonly Column[] = [
  { title: "adapter" },
  { title: "kind" },
  { title: "weight", align: "right" },
  { title: "tensors", align: "right" },
  { title: "rank", align: "right" },
  { title: "scale", align: "right" },
];

/** One row for each adapter: what of it goes in, with the ranges of rank and effective scale (weight · alpha / r). */
export function adapterTable(adapters: readonly Named[], tensors: readonly Edited[], colors: Colors): string {
  const rows = adapters.map(({ name, kind, weight }, i) => {
    const edits = tensors.flatMap((t) => t.edits.filter((e) => e.adapter === i));
    return [
      name,
      kind,
      formatNumber(weight),
      String(tensors.filter((t) => t.edits.some((e) => e.adapter === i)).length),
      formatRange(edits.flatMap((e) => e.rank ?? [])) ?? "–",
      formatRange(edits.flatMap((e) => e.scale ?? [])) ?? "–",
    ];
  });
  return table(columns, rows, colors);
}

/** What is done to tensors of one group, in a few words: `r 8 × 2`, `r 4 × 2 dora`, `replace`. */
export function editWords(tensors: readonly Edited[]): string {
  return distinct(tensors.map((t) => t.edits.map(editWord).join(" + ")));
}

function editWord({ op, rank, scale, dora }: EditReport): string {
  if (op !== "low-rank") return op;
  return `r ${rank} · scale ${formatNumber(scale ?? 1)}${dora ? " · DoRA" : ""}`;
}
