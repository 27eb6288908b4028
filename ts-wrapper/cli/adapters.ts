import { LowrankError } from "../engine/errors.ts";
import { toNumber } from "./values.ts";

/** One `-a`: where the adapter lies, and the factor before its ΔW. */
export interface AdapterArgument {
  readonly source: string;
  readonly weight: number;
}

/**
 * Reads `path` or `path=weight`.
 *
 * The last `=` starts a weight when a number follows it and no file or folder has the whole text as its name. In a URL whose
 * query has parameters, `?download=1` belongs to the URL; one more `=0.5` behind it is the weight.
 * Throws USAGE for an empty path and for text where a weight belongs.
 */
export function parseAdapter(text: string, flag: string, exists: (path: string) => boolean): AdapterArgument {
  const at = weightAt(text);
  const path = at < 0 ? text : text.slice(0, at);
  if (path.trim() === "") throw new LowrankError("USAGE", flag, `is ${JSON.stringify(text)}, the path of an adapter was needed`);
  if (at < 0 || (!isUrl(text) && exists(text))) return { source: text, weight: 1 };
  const weight = toNumber(text.slice(at + 1));
  if (weight !== undefined) return { source: path, weight };
  if (isUrl(text) || !exists(path)) return { source: text, weight: 1 };
  const asked = JSON.stringify(text.slice(at + 1));
  throw new LowrankError("USAGE", flag, `the weight of ${path} is ${asked}, a finite number was needed, as in ${path}=0.7`, {
    file: path,
  });
}

/** Where the `=` before a weight would be, or −1. */
function weightAt(text: string): number {
  const at = text.lastIndexOf("=");
  const query = isUrl(text) ? text.indexOf("?") : -1;
  if (at < 0 || query < 0 || at < query) return at;
  const last = Math.max(query, text.lastIndexOf("&"));
  return text.indexOf("=", last) === at ? -1 : at;
}

/** A scheme has at least two letters, so that `C:\adapters` is a path. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text);
}
