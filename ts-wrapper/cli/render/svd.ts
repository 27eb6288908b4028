import type { Colors } from "../colors.ts";
import { clean, formatDuration, formatNumber, formatShape, formatShare } from "../format.ts";
import { sparkline } from "../plot/sparkline.ts";
import type { SpectrumFacts } from "../spectrum.ts";
import { blocks, fields, table } from "../table.ts";

export interface SvdFacts extends SpectrumFacts {
  readonly model: string;
  readonly tensor: string;
  readonly dtype: string;
  readonly rows: number;
  readonly cols: number;
  readonly of: string | undefined;
  readonly method: string;
  readonly computedIn: string;
  readonly milliseconds: number;
  readonly kept: number;
  readonly error: number;
  readonly singularValues: readonly number[];
  readonly written: readonly string[];
}

const WIDTH = 60;
const FIRST = 6;

/** A spectrum for people. */
export function renderSvd(facts: SvdFacts, colors: Colors): string {
  const { singularValues: values, kept, rows, cols } = facts;
  const least = Math.min(rows, cols);
  const cut = kept < least;
  return blocks(
    `${colors.bold("SVD")} ${clean(facts.tensor)} of ${clean(facts.model)}`,
    fields(
      [
        ["matrix", `${formatShape([rows, cols])} ${facts.dtype}${facts.of ? `, ${facts.of}` : ""}`],
        ["computed", `${facts.method} in ${facts.computedIn}, ${formatDuration(facts.milliseconds)}`],
        ["norm", `${formatNumber(facts.norm)} (Frobenius), ${formatNumber(facts.spectralNorm)} (spectral)`],
        ["condition", facts.condition === null ? undefined : formatNumber(facts.condition)],
        ["rank", ranks(facts, least)],
        ["kept", cut ? `${kept} of ${least}, relative error ${formatNumber(facts.error)}` : undefined],
        ["σ", `${values.slice(0, FIRST).map(formatNumber).join("  ")}${values.length > FIRST ? "  …" : ""}`],
        ["log σ", values.length > 1 ? sparkline(values, WIDTH) : undefined],
      ],
      colors,
    ),
    table(
      [
        { title: "share of Σσ²", align: "right" },
        { title: "rank", align: "right" },
        { title: "relative error", align: "right" },
        { title: "parameters of the factors", align: "right" },
      ],
      facts.energy.map(({ share, rank, error, parameters }) => [
        formatShare(share),
        String(rank),
        formatNumber(error),
        formatShare(parameters),
      ]),
      colors,
    ),
    facts.written.map((path) => `  wrote ${clean(path)}`).join("\n"),
  );
}

function ranks({ rank, stableRank, effectiveRank }: SpectrumFacts, least: number): string | undefined {
  const parts = [
    rank === null ? undefined : `${rank} of ${least}`,
    stableRank === null ? undefined : `stable ${formatNumber(stableRank)}`,
    effectiveRank === null ? undefined : `effective ${formatNumber(effectiveRank)}`,
  ].filter((p) => p !== undefined);
  return parts.length ? parts.join(", ") : undefined;
}
