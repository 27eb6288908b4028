import { LowrankError } from "../engine/errors.ts";
import { type JsonObject, type JsonValue, kindOf } from "../io/json.ts";

/**
 * The fields of a configuration, each with its type. `null` is the same as absent: Python writes it for what is not set.
 * What has another type is FORMAT, with the key and what stands there.
 */
export class ConfigFields {
  readonly #config: JsonObject;
  readonly #file: string;

  constructor(config: JsonObject, file: string) {
    this.#config = config;
    this.#file = file;
  }

  has(key: string): boolean {
    return this.#get(key) !== undefined;
  }

  flag(key: string): boolean {
    const value = this.#get(key) ?? false;
    return typeof value === "boolean" ? value : this.#refuse(key, value, "true or false");
  }

  text(key: string): string | undefined {
    const value = this.#get(key);
    return value === undefined || typeof value === "string" ? value : this.#refuse(key, value, "a string");
  }

  /** A finite number; `undefined` where there is none. */
  number(key: string): number | undefined {
    const value = this.#get(key);
    return value === undefined ? undefined : this.#finite(key, value);
  }

  /** An integer of at least 1. */
  count(key: string): number | undefined {
    const value = this.#get(key);
    return value === undefined ? undefined : this.#count(key, value);
  }

  /** A list of strings; a single string is a list of one. */
  texts(key: string): readonly string[] {
    const value = this.#get(key) ?? [];
    return (Array.isArray(value) ? value : [value]).map((v) => (typeof v === "string" ? v : this.#refuse(key, v, "strings")));
  }

  /** A list of integers from 0 on; a single one is a list of one. */
  indices(key: string): readonly number[] {
    const value = this.#get(key) ?? [];
    return this.#indices(key, Array.isArray(value) ? value : [value]);
  }

  /** Lists of integers by name. */
  indicesByName(key: string): ReadonlyMap<string, readonly number[]> {
    const value = this.object(key);
    return new Map(
      [...value].map(([name, list]) => [name, Array.isArray(list) ? this.#indices(key, list) : this.#refuse(key, list, "lists")]),
    );
  }

  /** Numbers by name, in the order of the file. */
  numbers(key: string, each: "finite" | "count"): readonly (readonly [string, number])[] {
    return [...this.object(key)].map(([name, v]) => {
      const where = `${key}[${JSON.stringify(name)}]`;
      return [name, each === "count" ? this.#count(where, v) : this.#finite(where, v)] as const;
    });
  }

  object(key: string): JsonObject {
    const value = this.#get(key) ?? new Map();
    return value instanceof Map ? value : this.#refuse(key, value, "an object");
  }

  raw(key: string): JsonValue | undefined {
    return this.#get(key);
  }

  #get(key: string): JsonValue | undefined {
    return this.#config.get(key) ?? undefined;
  }

  #finite(key: string, value: JsonValue): number {
    return typeof value === "number" && Number.isFinite(value) ? value : this.#refuse(key, value, "a finite number");
  }

  #count(key: string, value: JsonValue): number {
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 1
      ? value
      : this.#refuse(key, value, "an integer of at least 1");
  }

  #indices(key: string, list: readonly JsonValue[]): number[] {
    return list.map((v) =>
      typeof v === "number" && Number.isSafeInteger(v) && v >= 0 ? v : this.#refuse(key, v, "integers from 0 on"),
    );
  }

  #refuse(key: string, value: JsonValue, wanted: string): never {
    throw new LowrankError("FORMAT", this.#file, `${key} is ${kindOf(value)}, ${wanted} was needed`, { file: this.#file });
  }
}
