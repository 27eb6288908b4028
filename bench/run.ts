// npm run bench -- [filter…] [options]: measures the library and its peers, writes bench/results/ and renders bench/README.md.
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { parseArgs, styleText } from "node:util";
import { ensureWasm } from "../ts-wrapper/tools/build.ts";
import { run as runProgram } from "../ts-wrapper/tools/run.ts";
import { pointLabel } from "./bench.ts";
import { allVariants } from "./engines.ts";
import { usualPace } from "./harness.ts";
import { commit, load, MOST_LOAD, thisMachine } from "./machine.ts";
import { chosen, label, matches } from "./measure.ts";
import { measureMerge } from "./merge/merge.ts";
import { plots } from "./render.ts";
import { type Origin, type StoredRow, saveRows } from "./results.ts";
import { type Event, MERGE, type Row } from "./rows.ts";
import { type RuntimeName, runIn, runtimeNames } from "./runtimes.ts";
import type { Task } from "./task.ts";
import { cells } from "./text.ts";

const usage = `npm run bench -- [filter…] [options]

A point is measured when its label, such as "gemm f32 512x512x512", has one of the filters in it.
"merge" alone makes checkpoints on a disk and takes minutes, so it runs only when it is named.

  --runtime <name,…>   ${runtimeNames.join(", ")} or all; default node
  --budget <seconds>   samples of each contestant and point; default ${usualPace.budget}
  --builds <name,…>    simd, relaxed; default both
  --threads <n,…>      threads of the library; default 1,2
  --peer-threads <n>   threads of the peers; default 1
  --peers <name,…>     parts of their names, "native" for those behind Python, "none"; default all
  --no-save            changes no file
  --json               the rows as one JSON document on the standard output
  --list               the labels, and nothing else
  --gib <n,…>          sizes for merge; default 2
  --runs <n>           runs for merge; default 3
  --folder <path>      where merge makes its checkpoints; default ${tmpdir()}
`;

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    runtime: { type: "string", default: "node" },
    budget: { type: "string", default: String(usualPace.budget) },
    builds: { type: "string", default: "simd,relaxed" },
    threads: { type: "string", default: "1,2" },
    "peer-threads": { type: "string", default: "1" },
    peers: { type: "string", default: "all" },
    save: { type: "boolean", default: true },
    json: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    gib: { type: "string", default: "2" },
    runs: { type: "string", default: "3" },
    folder: { type: "string", default: tmpdir() },
    help: { type: "boolean", short: "h", default: false },
  },
});

/** Progress and tables; with --json the standard output is for the document. */
const print = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const dim = (text: string): string => (process.stdout.isTTY && !values.json ? styleText("dim", text) : text);
const numbers = (text: string): number[] => text.split(",").map(positive);

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${JSON.stringify(text)} is no number above 0`);
  return value;
}

async function main(): Promise<number> {
  if (values.help) return tell(usage);
  const wanted = chosen(filters);
  const withMerge = filters.length > 0 && matches(MERGE, filters);
  if (values.list)
    return tell(`${[...wanted.flatMap(({ bench, points }) => points.map((p) => label(bench, p))), MERGE].join("\n")}\n`);
  if (wanted.length === 0 && !withMerge)
    throw new Error(`nothing has ${filters.join(" or ")} in its label; --list tells them all`);
  await ensureWasm();
  const busy = await load();
  if (busy > MOST_LOAD)
    print(`this machine is busy (${busy.toFixed(1)} processors at work): times are marked as not to be trusted`);
  const origin = { date: new Date().toISOString(), commit: commit(), ...(busy > MOST_LOAD ? { busy } : {}) };
  const rows: StoredRow[] = [];
  let failures = 0;
  const onRow = (row: Row, from: Omit<Origin, "date" | "commit" | "busy">): void =>
    void rows.push({ ...row, ...from, ...origin });
  if (wanted.length > 0) {
    const task = await taskOf();
    for (const runtime of runtimesOf(values.runtime)) failures += await measureIn(runtime, task, onRow);
  }
  if (withMerge) {
    const options = {
      folder: values.folder,
      gib: numbers(values.gib),
      runs: positive(values.runs),
      threads: Math.max(...numbers(values.threads)),
    };
    const runtime = { name: "node", version: process.versions.node, cores: thisMachine().cores };
    const table = new Table(MERGE);
    await measureMerge(options, (row) => {
      table.add(row);
      onRow(row, { runtime });
    });
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ machine: thisMachine(), rows }, null, 2)}\n`);
  if (values.save && rows.length > 0) {
    print(`\nwritten: ${await saveRows(thisMachine(), rows)}`);
    await plots();
    await runProgram("node", ["--import", "tsx", "ts-wrapper/tools/render-docs.ts"]);
  }
  return failures > 0 || rows.some((row) => !row.seconds && row.who.name === "lowrank") ? 1 : 0;
}

function tell(text: string): number {
  process.stdout.write(text);
  return 0;
}

function runtimesOf(text: string): readonly RuntimeName[] {
  if (text === "all") return runtimeNames;
  return text.split(",").map((name) => {
    const found = runtimeNames.find((known) => known === name);
    if (!found) throw new Error(`unknown runtime ${JSON.stringify(name)}; known are ${runtimeNames.join(", ")} and all`);
    return found;
  });
}

async function taskOf(): Promise<Task> {
  const [builds, threads] = [values.builds.split(","), numbers(values.threads)];
  const known = allVariants.filter((v) => builds.includes(v.build) && v.threads === 1);
  return {
    filters,
    variants: threads.flatMap((count) => known.map(({ build }) => ({ build, threads: count }))),
    pace: { budget: positive(values.budget), warmUp: Math.min(usualPace.warmUp, positive(values.budget)) },
    peers: values.peers === "none" ? [] : values.peers.split(","),
    peerThreads: positive(values["peer-threads"]),
    versions: await versions(),
  };
}

/** What bench/package-lock.json pins. */
async function versions(): Promise<Record<string, string>> {
  const { packages } = JSON.parse(await readFile("bench/package-lock.json", "utf8")) as {
    packages: Record<string, { version?: string }>;
  };
  const entries = Object.entries(packages).filter(
    ([path]) => path.startsWith("node_modules/") && !path.includes("/node_modules/"),
  );
  return Object.fromEntries(entries.map(([path, { version = "" }]) => [path.slice("node_modules/".length), version]));
}

/** How many things failed. */
async function measureIn(
  runtime: RuntimeName,
  task: Task,
  onRow: (row: Row, from: Pick<Origin, "runtime">) => void,
): Promise<number> {
  let failures = 0;
  let facts: Origin["runtime"] | undefined;
  let table: Table | undefined;
  const hear = (event: Event): void => {
    switch (event.type) {
      case "start":
        facts = event.runtime;
        print(`\n${facts.name} ${facts.version}`);
        break;
      case "at":
        table = new Table(`${event.bench} ${pointLabel(event.point)}`);
        break;
      case "row":
        table?.add(event.row);
        onRow(event.row, { runtime: facts! });
        break;
      case "skip":
        print(dim(`  skipped: ${event.skip.what} (${event.skip.why})`));
        break;
      case "fail":
        failures++;
        print(`  FAILED: ${event.text}`);
        break;
      case "end":
        break;
    }
  };
  try {
    await runIn(runtime, task, hear, (line) => print(dim(`  # ${line}`)));
  } catch (error) {
    failures++;
    print(`  FAILED: ${runtime}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return failures;
}

/** Lines of one point, printed as they come. */
class Table {
  constructor(title: string) {
    print(`\n  ${title}`);
  }

  add(row: Row): void {
    const { who, median, range, gflops, rate, share, peak } = cells(row);
    const parts = [
      `    ${who.padEnd(48)} ${median.padStart(9)}  ${range.padEnd(20)}`,
      gflops && `${gflops.padStart(5)} GFLOP/s`,
      rate && `${rate.padStart(10)}`,
      share,
      peak && `peak ${peak}`,
      row.disturbed ? dim(`${row.disturbed} disturbed`) : "",
    ];
    print(parts.filter(Boolean).join("  ").trimEnd());
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});
