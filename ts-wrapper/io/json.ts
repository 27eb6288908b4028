import { LowrankError } from "../engine/errors.ts";
import { JsonNumber } from "./json-number.ts";
import { limits } from "./limits.ts";
import { show } from "./show.ts";
import { decodeUtf8, isText } from "./utf8.ts";

export { JsonNumber } from "./json-number.ts";
export { type JsonWritable, writeJson } from "./json-write.ts";

/** JSON as data from outside: every object is a `Map`, so that no key, `__proto__` among them, is special. */
export type JsonTree<N> = null | boolean | N | string | JsonTree<N>[] | ReadonlyMap<string, JsonTree<N>>;
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

export interface JsonOptions {
  /** How messages name the text. */
  readonly file: string;
  /** Objects and arrays inside each other; default `limits.jsonDepth`. */
  readonly maxDepth?: number;
  /** Bytes, or characters of a string; default `limits.configBytes`. */
  readonly maxLength?: number;
  /** Takes `NaN`, `Infinity` and `-Infinity`, which Python's json writes into configurations. Default false. */
  readonly nonFinite?: boolean;
}

/**
 * Reads JSON (RFC 8259) strictly: duplicate keys, a byte order mark, invalid UTF-8, unpaired surrogates and anything behind the value are
 * FORMAT, too long or too deep is LIMIT; messages name the place. Numbers become the nearest double.
 */
export function parseJson(text: string | Uint8Array, options: JsonOptions): JsonValue {
  return new Scanner(text, options, Number).document();
}

/** As `parseJson`, but every number keeps its text. */
export function parseJsonRaw(text: string | Uint8Array, options: JsonOptions): JsonTree<JsonNumber> {
  return new Scanner(text, options, (raw) => new JsonNumber(raw)).document();
}

/** As `parseJson`, where the whole must be an object. */
export function parseJsonObject(text: string | Uint8Array, options: JsonOptions): JsonObject {
  const value = parseJson(text, options);
  if (value instanceof Map) return value;
  throw new LowrankError("FORMAT", options.file, `the JSON is ${kindOf(value)}, an object was needed`, { file: options.file });
}

/** What a value is, for messages. */
export function kindOf(value: JsonTree<unknown> | undefined): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (value instanceof Map) return "an object";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return `the string ${show(value)}`;
  return value instanceof JsonNumber ? show(value.raw) : String(value);
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NON_FINITE = /-?Infinity|NaN/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON forbids inside a string
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Scanner<N> {
  readonly #text: string;
  readonly #file: string;
  readonly #maxDepth: number;
  readonly #nonFinite: boolean;
  readonly #number: (raw: string) => N;
  #at = 0;

  constructor(text: string | Uint8Array, options: JsonOptions, number: (raw: string) => N) {
    this.#file = options.file;
    const max = options.maxLength ?? limits.configBytes;
    if (text.length > max) {
      const unit = typeof text === "string" ? "characters" : "bytes";
      throw new LowrankError("LIMIT", this.#file, `the JSON has ${text.length} ${unit}, at most ${max} are read`, {
        file: this.#file,
      });
    }
    this.#text = typeof text === "string" ? text : decodeUtf8(text, this.#file);
    this.#maxDepth = options.maxDepth ?? limits.jsonDepth;
    this.#nonFinite = options.nonFinite ?? false;
    this.#number = number;
    if (this.#text.charCodeAt(0) === 0xfeff) throw this.#error("a byte order mark, JSON starts without one");
  }

  document(): JsonTree<N> {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#error(`${this.#here()} behind the end of the JSON value`);
    return value;
  }

  #value(depth: number): JsonTree<N> {
    this.#space();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth + 1);
      case "[":
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#numeral();
    }
  }

  #object(depth: number): ReadonlyMap<string, JsonTree<N>> {
    this.#enter(depth);
    const map = new Map<string, JsonTree<N>>();
    this.#space();
    if (this.#take("}")) return map;
    do {
      this.#space();
      const at = this.#at;
      if (this.#text[at] !== '"') throw this.#error(`${this.#here()} where a key in double quotes was needed`);
      const key = this.#string();
      if (map.has(key)) {
        this.#at = at;
        throw this.#error(
          `the key ${show(key)} a second time in one object; a reader that kept one of the two would hide the other`,
        );
      }
      this.#space();
      if (!this.#take(":")) throw this.#error(`${this.#here()} where a colon was needed after the key ${show(key)}`);
      map.set(key, this.#value(depth));
      this.#space();
    } while (this.#take(","));
    if (!this.#take("}")) throw this.#error(`${this.#here()} where a comma or } was needed`);
    return map;
  }

  #array(depth: number): JsonTree<N>[] {
    this.#enter(depth);
    const list: JsonTree<N>[] = [];
    this.#space();
    if (this.#take("]")) return list;
    do {
      list.push(this.#value(depth));
      this.#space();
    } while (this.#take(","));
    if (!this.#take("]")) throw this.#error(`${this.#here()} where a comma or ] was needed`);
    return list;
  }

  #string(): string {
    const start = this.#at;
    this.#at++;
    let value = "";
    for (;;) {
      value += this.#match(PLAIN) ?? "";
      const c = this.#text[this.#at];
      if (c === '"') break;
      if (c === undefined) throw this.#error("the end inside a string");
      if (c !== "\\") throw this.#error(`${this.#here()} inside a string, which must be written as an escape`);
      value += this.#escape();
    }
    this.#at++;
    if (!isText(value)) {
      this.#at = start;
      throw this.#error("a string with an unpaired surrogate, which is no text");
    }
    return value;
  }

  #escape(): string {
    const c = this.#text[this.#at + 1] ?? "";
    if (c === "u") {
      const hex = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.#error("\\u without four hexadecimal digits");
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const plain = Object.hasOwn(ESCAPES, c) ? ESCAPES[c] : undefined;
    if (plain === undefined) throw this.#error(`the escape \\${c}, which JSON does not have`);
    this.#at += 2;
    return plain;
  }

  #numeral(): N {
    const raw = this.#match(NUMBER) ?? (this.#nonFinite ? this.#match(NON_FINITE) : undefined);
    const next = this.#text[this.#at];
    if (raw === undefined || (next !== undefined && /[0-9A-Za-z.+-]/.test(next))) {
      throw this.#error(`${this.#here()} where a JSON value was needed`);
    }
    return this.#number(raw);
  }

  #word<V>(word: string, value: V): V {
    if (!this.#text.startsWith(word, this.#at)) throw this.#error(`${this.#here()} where a JSON value was needed`);
    this.#at += word.length;
    return value;
  }

  #enter(depth: number): void {
    if (depth > this.#maxDepth) {
      const text = `objects and arrays are nested deeper than ${this.#maxDepth} at character ${this.#at}`;
      throw new LowrankError("LIMIT", this.#file, text, { file: this.#file });
    }
    this.#at++;
  }

  #space(): void {
    for (;;) {
      const c = this.#text.charCodeAt(this.#at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.#at++;
    }
  }

  #take(c: string): boolean {
    if (this.#text[this.#at] !== c) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }

  #here(): string {
    const c = this.#text.codePointAt(this.#at);
    return c === undefined ? "the end" : show(String.fromCodePoint(c));
  }

  #error(what: string): LowrankError {
    return new LowrankError("FORMAT", this.#file, `bad JSON at character ${this.#at}: ${what}`, { file: this.#file });
  }
}
