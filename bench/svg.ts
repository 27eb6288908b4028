import { escaped, rounded, svgDocument } from "../ts-wrapper/cli/plot/svg.ts";

/** A group of bars under one heading. */
export interface BarGroup {
  readonly title: string;
  readonly bars: readonly {
    readonly label: string;
    readonly value: number;
    /** What stands at its end. */
    readonly text: string;
    /** The library's own stand out. */
    readonly own: boolean;
    /** A mark across the bar: what could be reached. */
    readonly limit?: number | undefined;
  }[];
}

const WIDTH = 760;
const LABELS = 320;
const ROW = 20;
const BAR = 14;
const HEAD = 30;
const NUMBERS = 70;

/** Longer labels would be cut by the edge. */
const MOST_LETTERS = 46;

const shortened = (text: string): string => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text);

const styles = {
  light:
    ".group { font-weight: 600 } .who { text-anchor: end } .own { fill: #0969da } .peer { fill: #8c959f } line { stroke: #bc4c00; stroke-width: 2 }",
  dark: ".own { fill: #58a6ff } .peer { fill: #6e7681 } line { stroke: #f0883e }",
} as const;

/** Horizontal bars, longer is better; a thin line is the limit measured beside a bar. Readable on light and dark pages. */
export function barChart(title: string, unit: string, groups: readonly BarGroup[]): string {
  const most = Math.max(...groups.flatMap((g) => g.bars.flatMap((b) => [b.value, b.limit ?? 0])), Number.MIN_VALUE);
  const scale = (WIDTH - LABELS - NUMBERS) / most;
  const lines: string[] = [];
  let y = HEAD + 14;
  for (const { title: heading, bars } of groups) {
    lines.push(`<text class="group" x="0" y="${y + 12}">${escaped(heading)}</text>`);
    y += ROW;
    for (const { label, value, text, own, limit } of bars) {
      const width = rounded(value * scale);
      lines.push(`<text class="who" x="${LABELS - 8}" y="${y + 11}">${escaped(shortened(label))}</text>`);
      lines.push(`<rect class="${own ? "own" : "peer"}" x="${LABELS}" y="${y}" width="${width}" height="${BAR}"/>`);
      if (limit !== undefined) {
        const x = rounded(LABELS + limit * scale);
        lines.push(`<line x1="${x}" x2="${x}" y1="${y - 2}" y2="${y + BAR + 2}"/>`);
      }
      const end = rounded(LABELS + Math.max(value, limit ?? 0) * scale + 6);
      lines.push(`<text class="value" x="${end}" y="${y + 11}">${escaped(text)}</text>`);
      y += ROW;
    }
    y += ROW / 2;
  }
  return svgDocument(title, WIDTH, y, styles, [`<text class="value" x="${LABELS}" y="36">${escaped(unit)}</text>`, ...lines]);
}
