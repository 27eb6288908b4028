import { JsonNumber } from "./json-number.ts";

/** What can be written: `Map`s and plain objects in their own order, and numbers that keep the text they were read with. */
export type JsonWritable =
  | null
  | boolean
  | number
  | string
  | JsonNumber
  | readonly JsonWritable[]
  | ReadonlyMap<string, JsonWritable>
  | { readonly [key: string]: JsonWritable | undefined };

/**
 * JSON text, the same for the same value everywhere: keys in the order they have (members that are `undefined` are left out), no
 * space, or lines indented by `indent` spaces, as Python's `json.dumps(indent=…)` lays them out. Throws TypeError for a number that is
 * NaN or infinite and not a `JsonNumber`: JSON has no text for it.
 */
export function writeJson(value: JsonWritable, options: { readonly indent?: number } = {}): string {
  return write(value, " ".repeat(options.indent ?? 0), "\n");
}

function write(value: JsonWritable, step: string, line: string): string {
  if (value instanceof JsonNumber) return value.raw;
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`writeJson: ${value} has no text in JSON`);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = line + step;
  if (isList(value))
    return bracket(
      "[",
      "]",
      value.map((v) => write(v, step, inner)),
      step,
      line,
    );
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const members = entries
    .filter((e): e is [string, JsonWritable] => e[1] !== undefined)
    .map(([k, v]) => `${JSON.stringify(k)}:${step && " "}${write(v, step, inner)}`);
  return bracket("{", "}", members, step, line);
}

function bracket(open: string, close: string, parts: readonly string[], step: string, line: string): string {
  if (parts.length === 0) return open + close;
  return step === ""
    ? `${open}${parts.join(",")}${close}`
    : `${open}${line}${step}${parts.join(`,${line}${step}`)}${line}${close}`;
}

function isList(value: object): value is readonly JsonWritable[] {
  return Array.isArray(value);
}
