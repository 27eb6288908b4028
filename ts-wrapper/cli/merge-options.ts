import { existsSync } from "node:fs";
import { DEFAULT_CEILING } from "../adapters/merge/memory-plan.ts";
import type { MergeOptions } from "../adapters/merge/options.ts";
import { type AdapterArgument, parseAdapter } from "./adapters.ts";
import type { OptionSpec, Values } from "./command.ts";
import { formatMemory } from "./format.ts";
import { parseSize } from "./sizes.ts";
import { parseNumber } from "./values.ts";

/** Which adapters: of `merge`, `plan`, `verify`. */
export const adapterOptions = {
  adapters: {
    flag: "-a, --adapter",
    value: "path[=weight]",
    description: "an adapter, and the factor before its change, which may be negative; 1 where none is given; repeat for more",
    parse: (text: string, flag: string): AdapterArgument => parseAdapter(text, flag, existsSync),
    repeat: true,
    required: true,
    group: "Adapters",
  },
  scale: {
    flag: "--scale",
    value: "x",
    description: "multiplies the weight of every adapter",
    default: 1,
    parse: parseNumber,
    group: "Adapters",
  },
  allowUnused: {
    flag: "--allow-unused",
    description: "go on when adapter tensors find no place in the base; they are listed",
    group: "Adapters",
  },
  residualBase: {
    flag: "--residual-base",
    description: "the base is the residual that a PiSSA-like adapter was saved with",
    group: "Adapters",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** What decides the bytes of the result, beside the adapters. */
export const resultOptions = {
  dtype: {
    flag: "--dtype",
    value: "same|f32|f16|bf16",
    description: "element type of the weights written; same keeps that of each tensor",
    default: "same",
    choices: ["same", "f32", "f16", "bf16"],
    group: "Result",
  },
  accumulate: {
    flag: "--accumulate",
    value: "f32|f64",
    description: "f32: one rounding of W + ΔW computed in f32; f64: the sum in f64, rounded to f32, then to the type",
    default: "f32",
    choices: ["f32", "f64"],
    group: "Result",
  },
  tied: {
    flag: "--tied",
    value: "keep|untie",
    description: "what becomes of a head that shares the embedding's tensor when an adapter touches either; there is no default",
    choices: ["keep", "untie"],
    group: "Result",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** How the result is laid out and under what ceiling: of `merge` and `plan`. */
export const layoutOptions = {
  shardSize: {
    flag: "--shard-size",
    value: "size",
    description: "largest file of weights, such as 5GB",
    defaultText: "the files of the base",
    parse: parseSize,
    group: "Result",
  },
  memory: {
    flag: "--memory",
    value: "size",
    description: "ceiling for the whole process, such as 512MB",
    defaultText: formatMemory(DEFAULT_CEILING),
    parse: parseSize,
    group: "Run",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

type Given = Values<typeof adapterOptions> & Values<typeof resultOptions> & Partial<Values<typeof layoutOptions>>;

/** The options of the library's merge from those of the command line. */
export function mergeOptionsOf(given: Given): MergeOptions {
  const { scale, allowUnused, residualBase, dtype, accumulate, tied, shardSize } = given;
  return defined({ scale, allowUnused, residualBase, dtype, accumulate, tied, shardSize });
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The properties that have a value. */
export function defined<T extends object>(properties: T): Defined<T> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Defined<T>;
}
