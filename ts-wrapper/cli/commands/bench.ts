import { createEngine } from "../../engine/create.ts";
import type { EngineFeatures } from "../../engine/engine.ts";
import { LowrankError } from "../../engine/errors.ts";
import { version } from "../../engine/version.gen.ts";
import type { Colors } from "../colors.ts";
import { type Command, defineCommand } from "../command.ts";
import { type CaseResult, type DevicePace, measureCase, verdict } from "../device-bench.ts";
import { deviceCases } from "../device-cases.ts";
import { plural } from "../format.ts";
import { defined } from "../merge-options.ts";
import { blocks, fields, table } from "../table.ts";
import { parseNumber } from "../values.ts";
import { Yardstick } from "../yardstick.ts";

const DEFAULT_SECONDS = 15;
/** With more samples than this disturbed, times say little. */
const MOST_DISTURBED = 0.5;
/** Of the time of a case, for compilers to finish. */
const WARM_UP_SHARE = 0.15;

export const bench: Command = defineCommand({
  name: "bench",
  summary: "measure how fast the kernels are on this device, and what limits them",
  details:
    "Products, a matrix times a vector, a merge and a decomposition, each beside what this runtime reaches with multiplications and " +
    "additions from the cache and with reading memory. Results are checked: a wrong one gets no time, and the command ends with 1.",
  arguments: {},
  options: {
    seconds: {
      flag: "--seconds",
      value: "n",
      description: "how long to measure, about; preparations come on top",
      default: DEFAULT_SECONDS,
      parse: parseSeconds,
    },
  },
  examples: [
    { line: "lowrank bench", what: "all threads, the same bits everywhere" },
    { line: "lowrank bench --threads 1 --math fast --json", what: "one thread with relaxed SIMD, as JSON" },
  ],
  async run({ options, signal, progress, warn }) {
    await using engine = await createEngine(defined({ threads: options.threads, math: options.math }));
    using yardstick = await Yardstick.start(engine.build, engine.threads);
    const each = options.seconds / deviceCases.length;
    const pace: DevicePace = { warmUp: each * WARM_UP_SHARE, budget: each * (1 - WARM_UP_SHARE) };
    const start = performance.now();
    const results: CaseResult[] = [];
    let bytes = 0;
    for (const [done, work] of deviceCases.entries()) {
      const elapsedMs = performance.now() - start;
      const etaMs = done > 0 ? (elapsedMs / done) * (deviceCases.length - done) : undefined;
      progress.step({ phase: "bench", item: work.name, done, total: deviceCases.length, bytes, elapsedMs, etaMs });
      results.push(await measureCase(engine, yardstick, work, pace, signal));
      bytes += work.bytes;
    }
    if (results.some((r) => (r.disturbed ?? 0) > MOST_DISTURBED))
      warn("other programs took the processor: measure again when nothing else runs");
    const found = { version, features: engine.features(), results, verdict: verdict(results, engine.threads) };
    return {
      json: { bench: found },
      text: (colors) => render(found, colors),
      exit: results.some((r) => r.wrong !== undefined) ? 1 : 0,
    };
  },
});

/** From a second, below which there are no samples, to ten minutes. */
function parseSeconds(text: string, flag: string): number {
  const value = parseNumber(text, flag);
  if (value >= 1 && value <= 600) return value;
  throw new LowrankError("USAGE", flag, `is ${JSON.stringify(text)}, a number from 1 to 600 was needed`);
}

interface Found {
  readonly version: string;
  readonly features: EngineFeatures;
  readonly results: readonly CaseResult[];
  readonly verdict: string;
}

function render({ version: own, features: f, results, verdict: sentence }: Found, colors: Colors): string {
  const number = (x: number | undefined): string => (x === undefined ? "" : x.toFixed(1));
  const milliseconds = ({ seconds, skipped, wrong }: CaseResult): string => {
    if (seconds) return `${(seconds.median * 1000).toPrecision(3)} ms`;
    return wrong === undefined ? colors.yellow(`not measured: ${skipped}`) : colors.red(`wrong: ${wrong}`);
  };
  return blocks(
    `${colors.bold("lowrank")} ${own}`,
    fields(
      [
        ["runtime", `${f.runtime} ${f.version}`],
        ["build", `${f.build}, ${plural(f.threadsUsed, "thread")}, ${f.math} math`],
      ],
      colors,
    ),
    table(
      [
        { title: "work" },
        { title: "time", align: "right" },
        { title: "GFLOP/s", align: "right" },
        { title: "GB/s", align: "right" },
        { title: "of the limit", align: "right" },
        { title: "used for" },
      ],
      results.map((r) => [
        r.name,
        milliseconds(r),
        number(r.gflops),
        number(r.gigabytes),
        r.limit ? `${Math.round(r.limit.share * 100)} % of ${r.limit.by}` : "",
        colors.dim(r.use),
      ]),
      colors,
    ),
    sentence,
  );
}
