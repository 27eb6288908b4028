// How numbers of results are written.
import { formatBytes, formatMemory } from "../ts-wrapper/cli/format.ts";
import type { Row, Who } from "./rows.ts";

/** Three significant digits, in the unit that fits: `1.06 ms`. */
export function formatSeconds(seconds: number): string {
  const units = [
    [1, "s"],
    [1e-3, "ms"],
    [1e-6, "µs"],
  ] as const;
  const [scale, unit] = units.find(([scale]) => seconds >= scale * 0.9995) ?? [1e-6, "µs"];
  return `${threeDigits(seconds / scale)} ${unit}`;
}

export function threeDigits(x: number): string {
  if (!Number.isFinite(x) || x === 0) return String(x);
  return x >= 99.95 ? x.toFixed(0) : x >= 9.995 ? x.toFixed(1) : x >= 0.9995 ? x.toFixed(2) : x.toPrecision(2);
}

/** `lowrank simd, 2 threads`, `onnxruntime-web 1.30.0`. */
export function whoText({ name, version, build, threads, note }: Who): string {
  const head = name === "lowrank" ? `lowrank ${build}` : `${name} ${version}${build && build !== "wasm" ? ` (${build})` : ""}`;
  return [head.trim(), ...(threads > 1 ? [`${threads} threads`] : []), ...(note ? [note] : [])].join(", ");
}

/** The columns of a line of results, as text. */
export interface Cells {
  readonly who: string;
  readonly median: string;
  readonly range: string;
  readonly gflops: string;
  readonly rate: string;
  readonly share: string;
  readonly peak: string;
}

export function cells(row: Row): Cells {
  const { seconds, needs, limit, peakBytes } = row;
  if (!seconds) {
    const error = row.error === null ? "not a number" : `${threeDigits(row.error)} times its bound`;
    return { who: whoText(row.who), median: `wrong: error ${error}`, range: "", gflops: "", rate: "", share: "", peak: "" };
  }
  return {
    who: whoText(row.who),
    median: formatSeconds(seconds.median),
    range: `${formatSeconds(seconds.min)} – ${formatSeconds(seconds.max)}`,
    gflops: needs.flops ? threeDigits(needs.flops / seconds.median / 1e9) : "",
    rate: needs.bytes ? `${formatBytes(needs.bytes / seconds.median)}/s` : "",
    share: limit ? `${Math.round(limit.share * 100)} % of ${limit.by}` : "",
    peak: peakBytes ? formatMemory(peakBytes) : "",
  };
}
