import { allResults, benchList, details, peerList, summary } from "../../bench/render.ts";
import { tileTables } from "../../bench/tiles/table.ts";
import { adapterKinds } from "../adapters/index.ts";
import type { OptionSpec } from "../cli/command.ts";
import { commands } from "../cli/commands/index.ts";
import { commonOptions } from "../cli/common.ts";
import { codesOf, exitStatuses } from "../cli/exit.ts";
import { errorCodes } from "../engine/errors.ts";
import { dtypes } from "../io/dtype.ts";
import { quantTypes } from "../quant/index.ts";
import { kernelHeaders } from "./kernel-headers.ts";
import { libraryFunctions } from "./library-functions.ts";
import { quantErrors } from "./quant-errors.ts";
import { suites } from "./test-suites.ts";

/** Writes a part of a document from what the code says. `argument` is what follows the name in the marker. */
export type Renderer = (argument: string) => Promise<string>;

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", "<br>")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const code = (text: string): string => `\`${text}\``;

/** By the name in the marker `<!-- rendered: name argument -->`. */
export const renderers: Readonly<Record<string, Renderer>> = {
  /** Every kind of adapter that can be merged. */
  "adapter-kinds": async () =>
    table(
      ["kind", "`peft_type`", "what it is", "ΔW", "paper"],
      adapterKinds.map(({ name, peftType, title, formula, paper }) => [code(name), code(peftType), title, formula, `<${paper}>`]),
    ),

  /** Every command of the command line. */
  commands: async () =>
    table(
      ["command", "does"],
      commands.map((command) => {
        const names = Object.keys(command.arguments).map((name) => ` <${name}>`);
        return [code(`lowrank ${command.name}${names.join("")}`), command.summary];
      }),
    ),

  /** The options of one command; `common` stands for those that all take. */
  options: async (name) => {
    const specs = name === "common" ? commonOptions : commands.find((command) => command.name === name)?.options;
    if (!specs) throw new Error(`no command ${JSON.stringify(name)}`);
    const rows = Object.values<OptionSpec>(specs).map((spec) => [
      code(spec.value ? `${spec.flag} <${spec.value}>` : spec.flag),
      spec.description,
      defaultOf(spec),
    ]);
    return table(["option", "does", "default"], rows);
  },

  /** Exit statuses of the command line. */
  "exit-statuses": async () =>
    table(
      ["status", "means", "codes"],
      exitStatuses.map(({ exit, meaning }) => [String(exit), meaning, codesOf(exit).map(code).join(" ")]),
    ),

  /** Codes of `LowrankError`. */
  "error-codes": async () =>
    table(
      ["code", "means", "exit status"],
      Object.entries(errorCodes).map(([name, { meaning, exit }]) => [code(name), meaning, String(exit)]),
    ),

  /** Functions of the library from one folder, from their comments. */
  functions: async (folder) =>
    table(
      ["function", "gives"],
      (await libraryFunctions(`${folder}/`)).map(({ name, file, summary }) => [`[${code(name)}](../${file})`, summary]),
    ),

  /** Element types that are read and written. */
  dtypes: async () =>
    table(
      ["dtype", "bits"],
      Object.entries(dtypes).map(([name, { bits }]) => [code(name), String(bits)]),
    ),

  /** Types of quantized weights, and what they lose on weights of the example model. */
  "quant-types": async () => {
    const errors = await quantErrors();
    const percent = (x: number | undefined): string => (x === undefined ? "" : `${(100 * x).toPrecision(4)} %`);
    return table(
      ["type", "bits", "block", "what quantizing does", "products with", "error", "by ggml"],
      quantTypes.map(({ name, bits, block, encode, activations }) => {
        const { ours, ggml } = errors.get(name)!;
        const by = activations.map((a) => code(a)).join(", ");
        return [code(name), String(Number(bits.toFixed(3))), block, encode, by, percent(ours), percent(ggml)];
      }),
    );
  },

  /** Every kernel of the module, from the header of its file. */
  kernels: async () =>
    table(
      ["kernel", "does", "formula", "error", "exports"],
      (await kernelHeaders()).map(({ file, names, summary, formulas, notes, exports }) => [
        `[${names.join(", ")}](${file.replace("assembly/", "")})`,
        summary,
        formulas.map((formula) => code(formula.replaceAll(/ {2,}/g, "  "))).join("\n"),
        notes.get("Error") ?? "",
        exports.map(code).join(" "),
      ]),
    ),

  /** What `npm run bench` measures, with what, and what it found. */
  benches: async () => benchList(),
  "bench-peers": peerList,
  "bench-summary": async () => summary(await allResults()),
  "bench-tiles": async () => tileTables(await allResults()),
  "bench-details": async () => details(await allResults()),

  /** The runs of `npm test`. */
  suites: async () =>
    table(
      ["suite", "runs"],
      suites.map(({ name, title }) => [code(name), title]),
    ),
};

function defaultOf(spec: OptionSpec): string {
  if (spec.defaultText !== undefined) return spec.defaultText;
  if (spec.default !== undefined) return code(String(spec.default));
  return spec.required ? "needed" : "";
}
