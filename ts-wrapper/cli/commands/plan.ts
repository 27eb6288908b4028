import { planMerge } from "../../adapters/merge/plan.ts";
import { openSink } from "../../io/open-sink.ts";
import { type Command, type Context, defineCommand, type Result, type Values } from "../command.ts";
import { Inputs } from "../inputs.ts";
import { adapterOptions, defined, layoutOptions, mergeOptionsOf, resultOptions } from "../merge-options.ts";
import { unusedWarnings } from "../render/merge-report.ts";
import { planToJson, renderPlan } from "../render/plan.ts";
import { parseText } from "../values.ts";

const options = {
  ...adapterOptions,
  out: {
    flag: "-o, --out",
    value: "folder",
    description: "where the merge would write; its free space is told",
    parse: parseText,
    group: "Result",
  },
  ...resultOptions,
  ...layoutOptions,
} as const;

export const plan: Command = defineCommand({
  name: "plan",
  summary: "tell what merge would do, and its peak memory",
  details: "Opens the inputs and checks everything that merge checks before it reads a weight. Nothing is written.",
  arguments: { base: "the base model: a folder, a file or a URL" },
  options,
  examples: [
    { line: "lowrank plan ./base -a ./lora", what: "tensors touched, memory, bytes read and written, disk needed" },
    { line: "lowrank plan ./base -a ./lora --memory 512MB --json", what: "the same as one JSON document" },
  ],
  run: runPlan,
});

/** Also `merge --dry-run`. */
export async function runPlan({ args, options: given, signal, warn }: Context<"base", Values<typeof options>>): Promise<Result> {
  await using inputs = new Inputs(signal);
  const base = await inputs.model(args.base);
  const adapters = await inputs.adapters(given.adapters);
  signal.throwIfAborted();
  const made = planMerge(base, adapters, { ...mergeOptionsOf(given), ...defined({ memory: given.memory }) });
  const free = given.out === undefined ? undefined : await (await openSink(given.out)).freeBytes();
  for (const text of [...made.warnings, ...unusedWarnings(made.adapters)]) warn(text);
  const planned = { plan: made, out: given.out, free };
  return { json: { plan: planToJson(planned) }, text: (colors) => renderPlan(planned, colors) };
}
