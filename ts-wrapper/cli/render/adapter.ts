import type { AdapterFacts, EditFacts } from "../adapter-facts.ts";
import type { Colors } from "../colors.ts";
import { clean, formatBytes, formatCount, formatNumber, formatRange, formatShape, formatShare, plural } from "../format.ts";
import { distinct, groupByTrait } from "../groups.ts";
import { blocks, fields, table } from "../table.ts";
import { oneLine } from "./model.ts";

/** An adapter for people; `each` lists every tensor, else they are grouped. */
export function renderAdapter(facts: AdapterFacts, each: boolean, colors: Colors): string {
  const { totals } = facts;
  return blocks(
    `${colors.bold("Adapter")} ${facts.name}`,
    fields(
      [
        ["kind", `${facts.kind} (${facts.title})`],
        ["formula", facts.formula],
        ["size", `${formatCount(facts.parameters)} parameters in ${plural(facts.tensors, "tensor")}, ${facts.dtypes.join(", ")}`],
        ["files", facts.files.map((f) => `${clean(f.file)} ${formatBytes(f.bytes)}`).join(", ")],
        ...Object.entries(facts.config).map(([key, value]) => [clean(key), clean(oneLine(value))] as const),
        [
          "base",
          facts.base === null ? "none given: shapes are the adapter's own; --base tells ‖ΔW‖/‖W‖ as well" : clean(facts.base),
        ],
        ["change", totals && totals.relativeChange !== null ? `‖ΔW‖/‖W‖ = ${formatNumber(totals.relativeChange)}` : undefined],
        [
          "survival",
          totals && totals.survival !== null
            ? `${formatShare(totals.survival)} is left after rounding to the types of the base`
            : undefined,
        ],
        ["unused", facts.unused.length ? facts.unused.map(clean).join(", ") : undefined],
      ],
      colors,
    ),
    edits(facts, each, colors),
  );
}

/** One value of a row; columns of numbers stand at the right. */
interface Cell {
  readonly title: string;
  readonly align?: "right";
  readonly text: (members: readonly EditFacts[]) => string;
}

const range =
  (of: (e: EditFacts) => number | null | undefined, format: (n: number) => string = formatNumber): Cell["text"] =>
  (members) =>
    formatRange(
      members.flatMap((e) => of(e) ?? []),
      format,
    ) ?? "–";

const factorCells: readonly Cell[] = [
  { title: "shape", text: (members) => distinct(members.map(shapeOf)) },
  { title: "rank", align: "right", text: range((e) => e.rank) },
  { title: "scale", align: "right", text: range((e) => e.scale) },
  { title: "‖s·B·A‖", align: "right", text: range((e) => e.norm) },
  { title: "stable rank", align: "right", text: range((e) => e.stableRank, toHundredths) },
];
const baseCells: readonly Cell[] = [
  { title: "‖ΔW‖/‖W‖", align: "right", text: range((e) => e.relativeChange) },
  { title: "survival", align: "right", text: range((e) => e.survival, formatShare) },
];
const why: Cell = { title: "because", text: (members) => clean(distinct(members.map(because))) };
const count: Cell = { title: "count", align: "right", text: (members) => String(members.length) };

function edits(facts: AdapterFacts, each: boolean, colors: Colors): string {
  const cells = [...(each ? [] : [count]), ...factorCells, ...(facts.base === null ? [] : baseCells), why];
  const groups = each ? facts.edits.map((e) => [e.name, [e]] as const) : groupByTrait(facts.edits, because);
  return table(
    [{ title: "changes" }, ...cells],
    groups.map(([name, members]) => [clean(name), ...cells.map((cell) => cell.text(members))]),
    colors,
  );
}

function shapeOf({ matrices, shape }: EditFacts): string {
  return matrices > 1 ? `${matrices} of ${formatShape(shape)}` : formatShape(shape);
}

function toHundredths(n: number): string {
  return n.toFixed(2);
}

/** Where rank and scale come from, or what is done instead. */
function because(edit: EditFacts): string {
  if (edit.op === "low-rank") return `${edit.scaleWhy ?? ""}${edit.dora ? ", DoRA" : ""}`;
  return edit.op === "rows" ? "single rows" : "whole tensor";
}
