import { CommanderError } from "commander";
import { colorsFor } from "./colors.ts";
import type { Command, CommonValues, Context } from "./command.ts";
import { stackOf, toFailure } from "./exit.ts";
import { Output, type Sink } from "./output.ts";
import { buildProgram } from "./program.ts";
import { noProgress, terminalProgress } from "./progress.ts";

/** What the command line has of the process around it. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Sink & { readonly columns?: number };
  readonly stderr: Sink & { readonly columns?: number };
  readonly signal: AbortSignal;
  readonly version: string;
}

/** Help wider than this is harder to read, not easier. */
const MAX_HELP_WIDTH = 110;

/** Runs one command line to its end and returns the exit status. */
export async function dispatch(commands: readonly Command[], host: Host): Promise<number> {
  const given = (flag: string) => host.argv.includes(flag);
  const output = new Output(host.stdout, host.stderr, host.env, {
    json: given("--json"),
    quiet: given("--quiet"),
    verbose: given("--verbose"),
    noColor: given("--no-color"),
  });
  let exit = 0;
  const program = buildProgram(
    commands,
    {
      version: host.version,
      colors: colorsFor({ isTTY: host.stdout.isTTY === true, env: host.env, refused: given("--no-color") }),
      width: Math.min(host.stdout.columns || 100, MAX_HELP_WIDTH),
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
    },
    async (command, args, options) => {
      exit = await start(command, args, options, host, output);
    },
  );
  try {
    await program.parseAsync([...host.argv], { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
    if (error instanceof CommanderError && error.code === "commander.help") return 2; // no command: the help is on stderr
    const failure = toFailure(host.signal.aborted ? host.signal.reason : error);
    output.fail(failure, stackOf(error));
    return failure.exit;
  }
}

async function start(
  command: Command,
  args: Readonly<Record<string, string>>,
  options: Readonly<Record<string, unknown>>,
  host: Host,
  output: Output,
): Promise<number> {
  const progress = output.wantsProgress ? terminalProgress(host.stderr as unknown as NodeJS.WriteStream) : noProgress;
  const context: Context = {
    args,
    options: options as Readonly<Record<string, unknown>> & CommonValues,
    signal: host.signal,
    progress,
    warn: (text) => output.warn(text),
  };
  try {
    host.signal.throwIfAborted();
    const result = await command.run(context);
    progress.stop();
    output.result(command.name, result);
    return result.exit ?? 0;
  } finally {
    progress.stop();
  }
}
