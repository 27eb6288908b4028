import { type Colors, colorsFor } from "./colors.ts";
import type { Result } from "./command.ts";
import type { Failure } from "./exit.ts";
import { clean } from "./format.ts";

/** Version of the JSON documents: raised when a field changes its meaning or goes away. */
export const SCHEMA = 1;

/** Where text goes. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly noColor: boolean;
}

/** Results on stdout; everything else on stderr. With `--json` stdout gets exactly one document, whatever happens. */
export class Output {
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #options: OutputOptions;
  readonly #colors: { readonly out: Colors; readonly err: Colors };

  constructor(stdout: Sink, stderr: Sink, env: Readonly<Record<string, string | undefined>>, options: OutputOptions) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#options = options;
    const colors = (s: Sink) => colorsFor({ isTTY: s.isTTY === true, env, refused: options.noColor });
    this.#colors = { out: colors(stdout), err: colors(stderr) };
  }

  /** A bar is drawn on a terminal that somebody looks at. */
  get wantsProgress(): boolean {
    return this.#stderr.isTTY === true && !this.#options.quiet && !this.#options.json;
  }

  result(command: string, result: Result): void {
    if (this.#options.json) this.#document({ command, ...result.json });
    else if (!(result.summary && this.#options.quiet)) this.#stdout.write(`${result.text(this.#colors.out)}\n`);
  }

  warn(text: string): void {
    if (!this.#options.quiet) this.#stderr.write(`${this.#colors.err.yellow("warning:")} ${clean(text)}\n`);
  }

  /** `stack` is printed with `--verbose`; an unexpected failure says how to report it. */
  fail(failure: Failure, stack: string): void {
    if (this.#options.json) this.#document({ error: failure });
    const red = this.#colors.err.red;
    this.#stderr.write(`${failure.exit === 130 ? "" : `${red("error:")} `}${clean(failure.message)}\n`);
    if (this.#options.verbose) this.#stderr.write(`${stack}\n`);
    else if (failure.code === "UNEXPECTED")
      this.#stderr.write("This is a fault of lowrank: run again with --verbose and report what it prints.\n");
  }

  #document(body: Readonly<Record<string, unknown>>): void {
    this.#stdout.write(`${JSON.stringify({ schema: SCHEMA, ...body }, null, 2)}\n`);
  }
}
