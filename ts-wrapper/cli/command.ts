import type { Colors } from "./colors.ts";
import type { Progress } from "./progress.ts";
import type { Parse } from "./values.ts";

/** An option as data: its `--help` line, its reader and its default. Without `value` it is a switch. */
export interface OptionSpec<T = unknown> {
  /** `--dtype`, or `-a, --adapter`. */
  readonly flag: string;
  /** Name of the value in `--help`. */
  readonly value?: string;
  readonly description: string;
  /** What holds when the option is not given. */
  readonly default?: T;
  /** How people are told of it, also where the default is decided elsewhere. */
  readonly defaultText?: string;
  readonly parse?: Parse<T>;
  /** The words it takes, instead of `parse`; `value` lists them for people. */
  readonly choices?: readonly string[];
  /** May be given many times; the values come in order. */
  readonly repeat?: boolean;
  /** The command refuses to run without it. */
  readonly required?: boolean;
  /** Heading in `--help`. */
  readonly group?: string;
}

type Given<S> = S extends { readonly choices: readonly (infer C)[] }
  ? C
  : S extends { readonly parse: Parse<infer T> }
    ? T
    : string;

type ValueOf<S> = S extends { readonly value: string }
  ? S extends { readonly repeat: true }
    ? readonly Given<S>[]
    : S extends { readonly default: unknown } | { readonly required: true }
      ? Given<S>
      : Given<S> | undefined
  : boolean;

export type Values<O> = { readonly [K in keyof O]: ValueOf<O[K]> };

/** What every command takes. */
export interface CommonValues {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly threads: number | undefined;
  readonly math: "deterministic" | "fast";
}

/** What a command is given. */
export interface Context<A extends string = string, V = Readonly<Record<string, unknown>>> {
  readonly args: Readonly<Record<A, string>>;
  readonly options: V & CommonValues;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Says something on stderr, unless `--quiet`. */
  warn(text: string): void;
}

/** What a command found. `--json` prints `json` as one document, else `text` is printed. */
export interface Result {
  readonly json: Readonly<Record<string, unknown>>;
  text(colors: Colors): string;
  /** `true` where the text only tells what was done, so that `--quiet` leaves it out. */
  readonly summary?: boolean;
  /** Exit status where it is not 0 although there is a result. */
  readonly exit?: number;
}

export interface Example {
  readonly line: string;
  readonly what: string;
}

/** A command of the command line: dispatch, `--help`, README and manual are derived from it. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** More for `--help`, after the summary. */
  readonly details?: string;
  /** Name → description; all are needed. */
  readonly arguments: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly Example[];
  /** More for the end of `--help`. */
  readonly notes?: () => string;
  run(context: Context): Promise<Result>;
}

/** Checks that `run` reads only arguments and options that the command has, with their types. */
export function defineCommand<
  const A extends Readonly<Record<string, string>>,
  const O extends Readonly<Record<string, OptionSpec>>,
>(
  command: Omit<Command, "arguments" | "options" | "run"> & {
    readonly arguments: A;
    readonly options: O;
    run(context: Context<keyof A & string, Values<O>>): Promise<Result>;
  },
): Command {
  return command as unknown as Command;
}

/** The long flag of an option: `--adapter`. */
export function longFlag(spec: OptionSpec): string {
  return spec.flag.slice(spec.flag.indexOf("--"));
}
