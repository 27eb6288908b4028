import { LowrankError } from "../engine/errors.ts";

/** Bytes in each unit: decimal with the prefixes of SI, binary with those of IEC 80000-13. */
const units: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["b", 1],
  ["kb", 1e3],
  ["mb", 1e6],
  ["gb", 1e9],
  ["tb", 1e12],
  ["kib", 2 ** 10],
  ["mib", 2 ** 20],
  ["gib", 2 ** 30],
  ["tib", 2 ** 40],
]);

/**
 * Bytes of `512MB`, `1.5 GiB`, `4096`. Upper and lower case are the same.
 * A lone `M` means 10⁶ to some tools and 2²⁰ to others, so it is refused. Throws USAGE.
 */
export function parseSize(text: string, flag: string): number {
  const parts = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim());
  const unit = units.get(parts?.[2]?.toLowerCase() ?? "none");
  if (!parts || unit === undefined) throw new LowrankError("USAGE", flag, `is ${quote(text)}, ${advice(text)}`);
  const bytes = Math.round(Number(parts[1]) * unit);
  if (bytes < 1 || !Number.isSafeInteger(bytes)) {
    throw new LowrankError("USAGE", flag, `is ${quote(text)}, a size from 1 byte to 2^53 bytes was needed`);
  }
  return bytes;
}

function advice(text: string): string {
  const short = /^([\d.]+) ?([kmgt])i?$/i.exec(text.trim());
  if (!short) return "a size such as 512MB, 1.5GiB or 4096 was needed";
  const prefix = short[2]!.toUpperCase();
  return `which can be read in two ways; write ${short[1]}${prefix}B (powers of 1000) or ${short[1]}${prefix}iB (powers of 1024)`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
