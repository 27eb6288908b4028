import { type VerifyReport, verifyMerge } from "../../adapters/merge/verify.ts";
import type { Colors } from "../colors.ts";
import { type Command, defineCommand } from "../command.ts";
import { formatBytes, formatDuration, formatRate, plural } from "../format.ts";
import { Inputs } from "../inputs.ts";
import { adapterOptions, mergeOptionsOf, resultOptions } from "../merge-options.ts";
import { blocks, fields } from "../table.ts";
import { parseText } from "../values.ts";

export const verify: Command = defineCommand({
  name: "verify",
  summary: "check a merged model against the base and the adapters it was made of",
  details:
    "Needs no manifest: every tensor must be there with the right type and shape, untouched tensors must equal the base byte for byte, " +
    "sampled rows of the others are recomputed in f64 by other code than the kernels. Give the weights and options of the merge.",
  arguments: { out: "the merged model" },
  options: {
    base: {
      flag: "--base",
      value: "model",
      description: "the base model it was made from",
      parse: parseText,
      required: true,
      group: "Adapters",
    },
    ...adapterOptions,
    ...resultOptions,
  },
  examples: [
    { line: "lowrank verify ./merged --base ./base -a ./lora", what: "ends with 5 and names the first tensor that is wrong" },
    { line: "lowrank verify ./merged --base ./base -a ./style=0.7 --dtype f32", what: "weights and types as in the merge" },
  ],
  async run({ args, options, signal, progress }) {
    const start = performance.now();
    await using inputs = new Inputs(signal);
    const report = await verifyMerge({
      out: await inputs.model(args.out),
      base: await inputs.model(options.base),
      adapters: await inputs.adapters(options.adapters),
      ...mergeOptionsOf(options),
      signal,
      progress(item, done, total) {
        const elapsedMs = performance.now() - start;
        progress.step({
          phase: "verify",
          item,
          done,
          total,
          bytes: done,
          elapsedMs,
          etaMs: done > 0 ? (elapsedMs * (total - done)) / done : undefined,
        });
      },
    });
    const elapsedMs = performance.now() - start;
    return {
      json: { verify: { ok: true, ...report }, timings: { elapsedMs } },
      text: (colors) => render(args.out, options.base, report, elapsedMs, colors),
      summary: true,
    };
  },
});

function render(out: string, base: string, report: VerifyReport, elapsedMs: number, colors: Colors): string {
  return blocks(
    `${colors.green("Verified")} ${out}`,
    fields(
      [
        ["untouched", `${plural(report.copied, "tensor")}, equal to ${base} byte for byte`],
        ["edited", `${plural(report.edited, "tensor")}, ${plural(report.rows, "row")} recomputed`],
        ["hashes", report.files > 0 ? `${plural(report.files, "file")} as in the manifest` : undefined],
      ],
      colors,
    ),
    colors.dim(
      `  done in ${formatDuration(elapsedMs)}, read ${formatBytes(report.bytesRead)} at ${formatRate(report.bytesRead, elapsedMs)}`,
    ),
  );
}
