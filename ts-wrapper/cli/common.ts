import type { OptionSpec } from "./command.ts";
import { parseCount } from "./values.ts";

/** The options of every command. */
export const commonOptions = {
  json: { flag: "--json", description: "print one JSON document on stdout, also for an error" },
  quiet: { flag: "--quiet", description: "no progress, no warnings, no summary of what was done" },
  verbose: { flag: "--verbose", description: "the stack and the causes of an error" },
  color: { flag: "--no-color", description: "no colour; NO_COLOR does the same" },
  threads: {
    flag: "--threads",
    value: "n",
    description: "threads that compute",
    defaultText: "the logical processors",
    parse: parseCount,
  },
  math: {
    flag: "--math",
    value: "deterministic|fast",
    description: "deterministic: the same bits everywhere; fast: relaxed SIMD where there is any",
    default: "deterministic",
    choices: ["deterministic", "fast"],
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
