import { adapterKinds } from "../../adapters/index.ts";
import type { MergeReport } from "../../adapters/merge/report.ts";
import { createEngine } from "../../engine/create.ts";
import { LowrankError } from "../../engine/errors.ts";
import { mergeAdapters } from "../../merge-adapters.ts";
import { type Command, defineCommand } from "../command.ts";
import { Inputs } from "../inputs.ts";
import { adapterOptions, defined, layoutOptions, mergeOptionsOf, resultOptions } from "../merge-options.ts";
import { renderMergeReport, unusedWarnings } from "../render/merge-report.ts";
import { Stopwatch, stepOf } from "../timings.ts";
import { parseShare, parseText } from "../values.ts";
import { runPlan } from "./plan.ts";

const options = {
  ...adapterOptions,
  out: {
    flag: "-o, --out",
    value: "folder",
    description: "where the merged model goes; needed unless --dry-run",
    parse: parseText,
    group: "Result",
  },
  ...resultOptions,
  ...layoutOptions,
  minSurvival: {
    flag: "--min-survival",
    value: "share",
    description: "fail when less of ΔW is left after rounding, such as 0.9 or 90%",
    parse: parseShare,
    group: "Result",
  },
  verify: { flag: "--no-verify", description: "do not read the output back", group: "Run" },
  resume: { flag: "--resume", description: "go on where an interrupted merge into the same folder stopped", group: "Run" },
  overwrite: { flag: "--overwrite", description: "replace what an earlier merge left in the folder", group: "Run" },
  dryRun: { flag: "--dry-run", description: "the same as plan: write nothing", group: "Run" },
} as const;

export const merge: Command = defineCommand({
  name: "merge",
  summary: "merge adapters into base weights",
  details:
    "Every adapter tensor is used or the command fails and names it. Files are written under temporary names, synced, then renamed; " +
    "the output is read back and sampled rows are recomputed. merge.json in the output holds hashes of all inputs and outputs.",
  arguments: { base: "the base model: a folder, a file or a URL" },
  options,
  examples: [
    { line: "lowrank merge ./base -a ./lora -o ./merged", what: "one adapter, every tensor in the type of the base" },
    {
      line: "lowrank merge ./base -a ./style=0.7 -a ./facts=0.3 -o ./merged",
      what: "two adapters, weighted; their order does not matter",
    },
    { line: "lowrank merge ./merged -a ./lora=-1 --dtype f32 -o ./unmerged", what: "take an adapter out again" },
    {
      line: "lowrank merge ./base -a ./lora -o ./merged --memory 256MiB --min-survival 90%",
      what: "under a ceiling; fail if rounding loses too much",
    },
    { line: "lowrank merge ./base -a ./lora -o ./merged --resume", what: "go on after an interruption" },
  ],
  notes: () => `Adapter kinds:\n${adapterKinds.map((k) => `  ${k.name.padEnd(8)} ${k.formula}`).join("\n")}`,
  async run(context) {
    const { args, options: given, signal, progress, warn } = context;
    if (given.dryRun) return runPlan(context);
    const { out } = given;
    if (out === undefined)
      throw new LowrankError(
        "USAGE",
        "merge",
        "no --out was given, a folder for the result was needed; --dry-run writes nothing",
      );
    const watch = new Stopwatch();
    await using inputs = new Inputs(signal);
    const base = await inputs.model(args.base);
    const adapters = (await inputs.adapters(given.adapters)).map(({ adapter, weight = 1 }) => ({ source: adapter, weight }));
    await using engine = await createEngine({ factor: false, ...defined({ threads: given.threads, math: given.math }) });
    let report: MergeReport | undefined;
    for await (const step of mergeAdapters(engine, {
      base,
      adapters,
      sink: out,
      ...mergeOptionsOf(given),
      ...defined({ memory: given.memory, minSurvival: given.minSurvival }),
      verify: given.verify,
      resume: given.resume,
      overwrite: given.overwrite,
      signal,
    })) {
      watch.see(step);
      progress.step(stepOf(step));
      report = step.report ?? report;
    }
    if (!report) throw new TypeError("the merge ended without a report");
    progress.stop();
    for (const text of [...report.warnings, ...unusedWarnings(report.adapters)]) warn(text);
    const finished = { base: args.base, out, report, timings: watch.timings(), verified: given.verify };
    return {
      json: { report, timings: finished.timings, verified: finished.verified },
      text: (colors) => renderMergeReport(finished, colors),
      summary: true,
    };
  },
});
