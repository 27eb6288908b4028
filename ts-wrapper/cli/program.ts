import { Argument, Command as Commander, Option } from "commander";
import type { Colors } from "./colors.ts";
import { type Command, longFlag, type OptionSpec } from "./command.ts";
import { commonOptions } from "./common.ts";
import { parseChoice } from "./values.ts";

/** How a parsed command line is handed on. */
export type Start = (
  command: Command,
  args: Readonly<Record<string, string>>,
  options: Readonly<Record<string, unknown>>,
) => Promise<void>;

export interface ProgramHost {
  readonly version: string;
  readonly colors: Colors;
  readonly width: number;
  writeOut(text: string): void;
  writeErr(text: string): void;
}

/** The commands as a `commander` program that throws instead of ending the process. */
export function buildProgram(commands: readonly Command[], host: ProgramHost, start: Start): Commander {
  const program = new Commander("lowrank");
  const bold = (text: string) => host.colors.bold(text);
  program
    .description("Merges low-rank adapters into model weights: bounded memory, nothing silent, the same bytes everywhere.")
    .exitOverride()
    .configureOutput({
      writeOut: host.writeOut,
      writeErr: host.writeErr,
      getOutHelpWidth: () => host.width,
      getErrHelpWidth: () => host.width,
      getOutHasColors: () => host.colors.isColorSupported,
      getErrHasColors: () => host.colors.isColorSupported,
      outputError: () => {}, // told once, by the caller
    })
    .configureHelp({ showGlobalOptions: true, styleTitle: bold })
    .version(host.version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", "\nlowrank <command> --help tells more about a command.");
  for (const spec of Object.values(commonOptions)) program.addOption(toOption(spec));
  for (const command of commands) addCommand(program, command, bold, start);
  return program;
}

function addCommand(program: Commander, command: Command, bold: (text: string) => string, start: Start): void {
  const names = Object.keys(command.arguments);
  const sub = program.command(command.name).summary(command.summary).description(describe(command));
  for (const name of names) sub.addArgument(new Argument(`<${name}>`, command.arguments[name]));
  const keys = Object.entries(command.options).map(([key, spec]) => {
    const option = toOption(spec);
    sub.addOption(option);
    return { key, spec, attribute: option.attributeName() };
  });
  sub.helpOption("-h, --help", "print this help").addHelpText("after", () => ending(command, bold));
  sub.action(async () => {
    const given = sub.optsWithGlobals<Record<string, unknown>>();
    const options: Record<string, unknown> = { ...program.opts() };
    for (const { key, spec, attribute } of keys) options[key] = given[attribute] ?? missing(spec);
    const args = Object.fromEntries(names.map((name, i) => [name, sub.args[i] ?? ""]));
    await start(command, args, options);
  });
}

function missing(spec: OptionSpec): unknown {
  if (spec.repeat) return [];
  return spec.value === undefined ? false : undefined;
}

function toOption(spec: OptionSpec): Option {
  const decidedElsewhere = spec.default === undefined && spec.defaultText !== undefined;
  const description = decidedElsewhere ? `${spec.description} (default: ${spec.defaultText})` : spec.description;
  const option = new Option(spec.value === undefined ? spec.flag : `${spec.flag} <${spec.value}>`, description);
  const parse = spec.parse ?? (spec.choices && parseChoice(spec.choices));
  if (parse) {
    option.argParser((text: string, before: unknown) => {
      const value = parse(text, longFlag(spec));
      return spec.repeat ? [...((before as unknown[] | undefined) ?? []), value] : value;
    });
  }
  if (spec.default !== undefined) option.default(spec.default, spec.defaultText ?? String(spec.default));
  if (spec.required) option.makeOptionMandatory();
  if (spec.group) option.helpGroup(`${spec.group}:`);
  return option;
}

function describe(command: Command): string {
  const summary = `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`;
  return command.details ? `${summary}\n\n${command.details}` : summary;
}

function ending(command: Command, bold: (text: string) => string): string {
  const examples = command.examples.map(({ line, what }) => `  ${line}\n      ${what}`).join("\n");
  const notes = command.notes?.();
  return `\n${bold("Examples:")}\n${examples}${notes ? `\n\n${notes}` : ""}`;
}
