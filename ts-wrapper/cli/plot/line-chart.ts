import { formatNumber } from "../format.ts";
import { escaped, rounded, svgDocument } from "./svg.ts";

/** A curve through y[0], y[1], … at x = 1, 2, …; values that a logarithm has no place for leave a gap. */
export interface Curve {
  readonly label: string;
  readonly y: ArrayLike<number>;
}

export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly curves: readonly [Curve, ...Curve[]];
  /** Vertical lines with a word beside them. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
}

const [WIDTH, HEIGHT] = [760, 380];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 16, 52, 44];
/** The lowest decade that is drawn, below the highest value: what is further down is rounding. */
const MOST_DECADES = 16;
/** More points than pixels are not seen. */
const MOST_POINTS = WIDTH - LEFT - RIGHT;

const styles = {
  light:
    ".grid { stroke: #d1d9e0; stroke-width: 1 } .mark { stroke: #8c959f; stroke-dasharray: 3 3 } .end { text-anchor: end } .middle { text-anchor: middle } " +
    "path { fill: none; stroke-width: 2 } .c0 { stroke: #0969da } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 } .c3 { stroke: #8250df }",
  dark: ".grid { stroke: #3d444d } .mark { stroke: #6e7681 } .c0 { stroke: #58a6ff } .c1 { stroke: #f0883e } .c2 { stroke: #3fb950 } .c3 { stroke: #a371f7 }",
} as const;

/** Curves over a count, on a logarithmic scale of decades: spectra, errors against the rank. */
export function lineChart({ title, x, curves, marks = [] }: LineChart): string {
  const count = Math.max(1, ...curves.map((c) => c.y.length));
  const seen = curves.flatMap((c) => Array.from(c.y).filter((y) => y > 0 && Number.isFinite(y)));
  const highest = Math.ceil(Math.log10(seen.reduce((a, b) => Math.max(a, b), Number.MIN_VALUE)) - 1e-9);
  const least = Math.floor(Math.log10(seen.reduce((a, b) => Math.min(a, b), Number.MAX_VALUE)) + 1e-9);
  const [top, bottom] = seen.length ? [highest, Math.max(Math.min(least, highest - 1), highest - MOST_DECADES)] : [0, -1];
  const atX = (k: number): number => rounded(LEFT + ((k - 1) / Math.max(1, count - 1)) * (WIDTH - LEFT - RIGHT));
  const atY = (value: number): number => rounded(TOP + ((top - Math.log10(value)) / (top - bottom)) * (HEIGHT - TOP - BOTTOM));
  return svgDocument(title, WIDTH, HEIGHT, styles, [
    ...decades(top, bottom).map((d) => {
      const y = atY(10 ** d);
      return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text class="end" x="${LEFT - 8}" y="${y + 4}">${formatNumber(Number(`1e${d}`))}</text>`;
    }),
    ...steps(count).map((k) => `<text class="middle" x="${atX(k)}" y="${HEIGHT - BOTTOM + 18}">${k}</text>`),
    `<text class="middle" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}">${escaped(x)}</text>`,
    ...marks.flatMap((m) => [
      `<line class="mark" x1="${atX(m.x)}" x2="${atX(m.x)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`,
      `<text x="${atX(m.x) + 4}" y="${TOP + 12}">${escaped(m.label)}</text>`,
    ]),
    ...curves.map(({ y }, c) => `<path class="c${c}" d="${outline(y, 10 ** bottom, atX, atY)}"/>`),
    ...curves.map(({ label }, c) => {
      const at = LEFT + c * 220;
      return `<path class="c${c}" d="M${at} 34h22"/><text x="${at + 28}" y="38">${escaped(label)}</text>`;
    }),
  ]);
}

/** Move and line commands; a value that is not drawn ends a stretch, and each stretch begins with a dot, to be seen also alone. */
function outline(y: ArrayLike<number>, least: number, atX: (k: number) => number, atY: (y: number) => number): string {
  const parts: string[] = [];
  let open = false;
  for (const i of sampled(y.length)) {
    const drawn = y[i]! >= least && Number.isFinite(y[i]!);
    if (drawn) parts.push(`${open ? "L" : "M"}${atX(i + 1)} ${atY(y[i]!)}${open ? "" : "h.1"}`);
    open = drawn;
  }
  return parts.join("");
}

/** The first and the last index, and at most as many between them as there are pixels. */
function sampled(n: number): number[] {
  const points = Math.min(n, MOST_POINTS);
  return Array.from({ length: points }, (_, i) => (points === 1 ? 0 : Math.round((i * (n - 1)) / (points - 1))));
}

/** Powers of ten from `top` down to `bottom`, at most nine of them. */
function decades(top: number, bottom: number): number[] {
  const step = Math.ceil((top - bottom) / 8);
  return Array.from({ length: Math.floor((top - bottom) / step) + 1 }, (_, i) => top - i * step);
}

/** Round numbers from 1 to `count`, about six of them. */
function steps(count: number): number[] {
  const raw = count / 6;
  const unit = 10 ** Math.floor(Math.log10(Math.max(raw, 1)));
  const step = Math.max(1, unit * ([1, 2, 5, 10].find((f) => f * unit >= raw) ?? 10));
  const multiples = Array.from({ length: Math.floor(count / step) }, (_, i) => (i + 1) * step);
  return step === 1 ? multiples : [1, ...multiples];
}
