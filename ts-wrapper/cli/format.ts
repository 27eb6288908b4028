/** Numbers as people read them. Files and rates count in powers of 1000 (MB), memory in powers of 1024 (MiB). */

/** `4.85 MB`: three digits, decimal units. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1000, ["B", "kB", "MB", "GB", "TB", "PB"]);
}

/** `320 MiB`: three digits, binary units. */
export function formatMemory(bytes: number): string {
  return scaled(bytes, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]);
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let unit = 0;
  let v = value;
  // 999.5 would print as 1000: it belongs to the next unit.
  while (unit + 1 < units.length && Math.abs(v) >= (unit === 0 ? step : Math.min(step, 999.5))) {
    v /= step;
    unit++;
  }
  return `${unit === 0 ? String(v) : digits(v)} ${units[unit]}`;
}

function digits(v: number): string {
  const a = Math.abs(v);
  return trimZeros(v.toFixed(a >= 99.95 ? 0 : a >= 9.995 ? 1 : 2));
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** `2.42 M` parameters. */
export function formatCount(n: number): string {
  return n < 1e4 ? String(n) : scaled(n, 1000, ["", "k", "M", "G", "T"]).trimEnd();
}

/**
 * A share of 0 … 1 in percent with two decimals, rounded towards zero: 100 % is said of the whole only, and 0 % of nothing only.
 */
export function formatShare(share: number): string {
  if (share === 1 || share === 0) return `${share * 100} %`;
  const floored = Math.floor(share * 1e4 + 1e-9) / 100;
  if (share < 1 && floored >= 100) return "99.99 %";
  return floored < 0.01 ? "< 0.01 %" : `${floored.toFixed(2)} %`;
}

/** Four significant digits, with an exponent where the plain form would be long. */
export function formatNumber(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return String(x);
  const a = Math.abs(x);
  if (Number.isInteger(x) && a < 1e6) return String(x);
  return a >= 1e-3 && a < 1e6 ? String(Number(x.toPrecision(4))) : x.toExponential(2);
}

/** `420 ms`, `1.50 s`, `3 min 12 s`, `2 h 05 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  return ms < 59_950 ? `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s` : formatWait(ms);
}

/** A time that is guessed, in whole seconds: `7 s`, `3 min 12 s`, `2 h 05 min`. */
export function formatWait(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} min`;
}

/** Bytes in a time as `812 MB/s`; a dash before there is a time. */
export function formatRate(bytes: number, ms: number): string {
  return ms > 0 ? `${formatBytes(Math.round((bytes / ms) * 1000))}/s` : "–";
}

/** `1024 × 192`, and `scalar` for a tensor without dimensions. */
export function formatShape(shape: readonly number[]): string {
  return shape.length ? shape.join(" × ") : "scalar";
}

/** `1 tensor`, `3 tensors`. */
export function plural(n: number, word: string, many: string = `${word}s`): string {
  return `${n} ${n === 1 ? word : many}`;
}

/** One value where all read the same, else the range; `undefined` for none. */
export function formatRange(values: readonly number[], format: (n: number) => string = formatNumber): string | undefined {
  if (values.length === 0) return undefined;
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const [from, to] = [format(low), format(high)];
  return from === to ? from : `${from} … ${to}`;
}

/** Text from a file, for a terminal: control and format characters become visible escapes, so that none is obeyed. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}
