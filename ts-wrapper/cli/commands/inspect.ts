import type { Adapter } from "../../adapters/adapter.ts";
import { bindAdapter, checkFinite } from "../../adapters/load.ts";
import type { MergeReport } from "../../adapters/merge/report.ts";
import { runMerge } from "../../adapters/merge/run.ts";
import { createEngine } from "../../engine/create.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Model } from "../../io/model.ts";
import { type AdapterFacts, adapterFacts, type Bound } from "../adapter-facts.ts";
import { type Command, type Context, defineCommand, type Result, type Values } from "../command.ts";
import { discardSink } from "../discard-sink.ts";
import { impliedBase } from "../implied-base.ts";
import { Inputs, whatIs } from "../inputs.ts";
import { adapterOptions, defined, resultOptions } from "../merge-options.ts";
import { modelFacts } from "../model-facts.ts";
import { renderAdapter } from "../render/adapter.ts";
import { renderModel } from "../render/model.ts";
import { stepOf } from "../timings.ts";
import { parseText } from "../values.ts";

const options = {
  tensors: { flag: "--tensors", description: "list every tensor instead of groups" },
  base: {
    flag: "--base",
    value: "model",
    description: "for an adapter: bind it to this model and tell ‖ΔW‖/‖W‖ and what survives rounding (reads all weights)",
    parse: parseText,
  },
  tied: resultOptions.tied,
  residualBase: adapterOptions.residualBase,
} as const;

export const inspect: Command = defineCommand({
  name: "inspect",
  summary: "tell what a model or an adapter is",
  details:
    "Of a model: files, types, parameters, tensors, head. Of an adapter: kind, rank and effective scale of each tensor and why, " +
    "norm and stable rank (‖·‖² / σ₁²) of scale·B·A, computed from the factors in f64.",
  arguments: { what: "a model or an adapter: a folder, a file or a URL" },
  options,
  examples: [
    { line: "lowrank inspect ./base", what: "a model; its weights are not read" },
    { line: "lowrank inspect ./lora", what: "an adapter" },
    { line: "lowrank inspect ./lora --base ./base --tensors", what: "every tensor with its change relative to the base" },
  ],
  async run(context) {
    const { args, signal } = context;
    await using inputs = new Inputs(signal);
    const what = await whatIs(args.what, signal);
    if (what === "adapter") return await inspectAdapter(await inputs.adapter(args.what), inputs, context);
    return inspectModel(await inputs.model(args.what), context.options.tensors);
  },
});

function inspectModel(model: Model, each: boolean): Result {
  const facts = modelFacts(model);
  const tensors = each ? model.shards.flatMap((s) => s.tensors) : undefined;
  const listed = tensors?.map(({ name, dtype, shape, byteLength, shard }) => ({
    name,
    dtype,
    shape,
    byteLength,
    file: model.shards[shard]?.file,
  }));
  return {
    json: { model: facts, ...(listed ? { tensors: listed } : {}) },
    text: (colors) => renderModel(facts, tensors, colors),
  };
}

type InspectContext = Context<"what", Values<typeof options>>;

async function inspectAdapter(adapter: Adapter, inputs: Inputs, context: InspectContext): Promise<Result> {
  const { options: given, signal, warn } = context;
  const base = given.base === undefined ? undefined : await inputs.model(given.base);
  const binding = {
    allowUnused: true,
    residualBase: base === undefined || given.residualBase,
    ...defined({ tied: base ? given.tied : "untie" }),
  } as const;
  await checkFinite(adapter, { signal });
  // Without a base the matrices are of the adapter's rank: too small for a second thread.
  const { math, threads = base ? undefined : 1 } = given;
  await using engine = await createEngine(defined({ math, threads }));
  const { edits, unused, warnings } = bindAdapter(adapter, base ?? impliedBase(adapter), binding);
  const bound: Bound = {
    base: base?.name,
    edits,
    unused,
    warnings,
    report: base && (await mergeNowhere(engine, adapter, base, context)),
  };
  context.progress.stop();
  const facts: AdapterFacts = await adapterFacts(engine, adapter, bound, signal);
  for (const text of facts.warnings) warn(text);
  return { json: { adapter: facts }, text: (colors) => renderAdapter(facts, given.tensors, colors) };
}

/** Merges and drops the result: what a merge reports of each tensor is what is wanted. */
async function mergeNowhere(
  engine: Engine,
  adapter: Adapter,
  base: Model,
  { options: given, signal, progress }: InspectContext,
): Promise<MergeReport | undefined> {
  let report: MergeReport | undefined;
  const { tied, residualBase } = given;
  const job = {
    engine,
    base,
    adapters: [{ adapter }],
    sink: discardSink(),
    signal,
    verify: false,
    allowUnused: true,
    residualBase,
  };
  for await (const step of runMerge({ ...job, ...defined({ tied }) })) {
    progress.step(stepOf(step));
    report = step.report ?? report;
  }
  return report;
}
