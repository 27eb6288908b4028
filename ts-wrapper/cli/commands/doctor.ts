import { arch, platform } from "node:os";
import { createEngine } from "../../engine/create.ts";
import type { EngineFeatures } from "../../engine/engine.ts";
import { probe } from "../../engine/features.ts";
import { version } from "../../engine/version.gen.ts";
import type { Colors } from "../colors.ts";
import { type Command, defineCommand } from "../command.ts";
import { formatMemory, plural } from "../format.ts";
import { type MemoryFacts, probeMemory } from "../memory-probe.ts";
import { defined } from "../merge-options.ts";
import { type BuildTest, testBuilds } from "../self-test.ts";
import { blocks, fields, table } from "../table.ts";

interface Findings {
  readonly version: string;
  readonly platform: string;
  readonly features: EngineFeatures;
  readonly memory: MemoryFacts;
  readonly builds: readonly BuildTest[];
  readonly advice: readonly string[];
}

export const doctor: Command = defineCommand({
  name: "doctor",
  summary: "tell what this device can do, what is chosen and why, and test it",
  details:
    "Starts every build of the kernels that runs here and checks a product of matrices. Ends with 1 when one of them is wrong.",
  arguments: {},
  options: {},
  examples: [
    { line: "lowrank doctor", what: "features, memory, self-test, and how to improve them" },
    { line: "lowrank doctor --math fast --json", what: "what --math fast would choose, as JSON" },
  ],
  async run({ options, signal }) {
    const found = probe();
    await using engine = await createEngine(defined({ threads: options.threads, math: options.math }));
    signal.throwIfAborted();
    const findings: Omit<Findings, "advice"> = {
      version,
      platform: `${platform()} ${arch()}`,
      features: engine.features(),
      memory: probeMemory(found.threads.available),
      builds: await testBuilds(found, engine.threads),
    };
    const told = { ...findings, advice: adviceFor(findings) };
    return {
      json: { doctor: told },
      text: (colors) => render(told, colors),
      exit: told.builds.some((b) => b.result === "failed") ? 1 : 0,
    };
  },
});

/** What would make it faster or larger here. */
export function adviceFor({ features, memory, builds }: Omit<Findings, "advice">): string[] {
  const advice: string[] = [];
  for (const { build, detail } of builds.filter((b) => b.result === "failed")) {
    advice.push(`the build ${build} is wrong here (${detail}): do not trust results of this runtime, and report this`);
  }
  if (!features.relaxedSimd.available) advice.push(`for --math fast: ${features.relaxedSimd.why}`);
  if (!features.threads.available) advice.push(`for more threads: ${features.threads.why}`);
  else if (features.threadsUsed < features.cores)
    advice.push(`${plural(features.cores, "logical processor")} are there: --threads takes more`);
  if (memory.wasm < 2 ** 32)
    advice.push(
      `one engine gets ${formatMemory(memory.wasm)} of 4 GiB: raise the limit on address space (ulimit -v) or use a 64-bit runtime`,
    );
  return advice;
}

const runtimes = { node: "Node", deno: "Deno", bun: "Bun", browser: "browser", other: "unknown runtime" } as const;

function render({ version: own, platform: system, features: f, memory, builds, advice }: Findings, colors: Colors): string {
  const yes = (is: boolean) => (is ? colors.green("yes") : colors.yellow("no"));
  const results = { passed: colors.green("passed"), failed: colors.red("failed"), missing: colors.dim("not here") } as const;
  const limit = memory.limit === undefined ? "" : `, ${formatMemory(memory.limit)} allowed`;
  return blocks(
    `${colors.bold("lowrank")} ${own}`,
    fields(
      [
        ["runtime", `${runtimes[f.runtime]} ${f.version} on ${system}, ${plural(f.cores, "logical processor")}`],
        [
          "memory",
          `${formatMemory(memory.total)}${limit}, ${formatMemory(memory.free)} free; one engine can have ${formatMemory(memory.wasm)}`,
        ],
        ["build", `${f.build}, ${plural(f.threadsUsed, "thread")} (${f.chosen.threads.why})`],
        ["math", `${f.math} (${f.chosen.math.why.replace("deterministic math: ", "")})`],
      ],
      colors,
    ),
    table(
      [{ title: "feature" }, { title: "found" }, { title: "why" }],
      [
        ["SIMD", yes(f.simd.available), f.simd.why],
        ["relaxed SIMD", yes(f.relaxedSimd.available), f.relaxedSimd.why],
        ["threads", yes(f.threads.available), f.threads.why],
      ],
      colors,
    ),
    table(
      [{ title: "build" }, { title: "self-test" }, { title: "threads", align: "right" }, { title: "result" }],
      builds.map((b) => [b.build, results[b.result], b.threads ? String(b.threads) : "–", b.detail]),
      colors,
    ),
    advice.length ? `${colors.bold("To improve")}\n${advice.map((a) => `  ${a}`).join("\n")}` : undefined,
  );
}
