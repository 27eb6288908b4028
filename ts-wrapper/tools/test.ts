// Runs every suite and adds up their counts: `npm test -- [suite…] [--file part-of-a-path] [--jobs N]`.
// The last line is `N passed, N failed, N skipped`; the exit status is 1 after any failure, also of a suite that ran no test.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { ensureBuilt } from "./build.ts";
import { Output } from "./output.ts";
import { type Counts, type Suite, suites } from "./test-suites.ts";

interface Result extends Counts {
  readonly suite: Suite;
  readonly seconds: number;
  readonly note: string;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: "string", default: "" },
    jobs: { type: "string", default: String(Math.min(2, availableParallelism())) },
  },
});
const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) throw new Error(`unknown suite ${unknown.join(", ")}; known are ${suites.map((s) => s.name).join(", ")}`);

const results: Result[] = [];
const buildFailure = await ensureBuilt().then(
  () => undefined,
  (error: Error) => error.message,
);
await runAll(suites.filter(({ name }) => positionals.length === 0 || positionals.includes(name)));
report();

/** Several at a time, but what they print comes in order: the first one live, the others when it is their turn. */
async function runAll(wanted: readonly Suite[]): Promise<void> {
  const outputs = wanted.map(() => new Output());
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < wanted.length; i = next++) {
      results[i] = await runSuite(wanted[i]!, outputs[i]!);
      outputs[i]!.end();
    }
  };
  const workers = Array.from({ length: Math.max(1, Number(values.jobs)) }, work);
  for (const output of outputs) await output.show();
  await Promise.all(workers);
}

async function runSuite(suite: Suite, output: Output): Promise<Result> {
  const start = performance.now();
  output.write(`\n── ${suite.title} ──\n`);
  const plan = await suite.plan(values.file);
  if ("skip" in plan) {
    output.write(`# skipped: ${plan.skip}\n`);
    // Files were chosen and none is of this suite: nothing was left out that was asked for.
    return { suite, passed: 0, failed: 0, skipped: values.file ? 0 : 1, seconds: 0, note: plan.skip };
  }
  for (const note of plan.notes ?? []) output.write(`${note}\n`);
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...plan.env };
  const { status, text } = await execute(plan.program, plan.args, env, output);
  const seconds = (performance.now() - start) / 1000;
  const counts = suite.counts(stripVTControlCharacters(text));
  if (!counts)
    return { suite, passed: 0, failed: 1, skipped: 0, seconds, note: `ended with ${status} before it counted its tests` };
  const { passed, failed, skipped } = counts;
  if (passed + failed + skipped === 0) return { suite, passed, failed: 1, skipped, seconds, note: "ran no test" };
  if (status !== 0 && failed === 0) return { suite, passed, failed: 1, skipped, seconds, note: `ended with ${status}` };
  return { suite, passed, failed, skipped: skipped + (plan.notes?.length ?? 0), seconds, note: "" };
}

function execute(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<{ status: number | string; text: string }> {
  return new Promise((done) => {
    let text = "";
    const child = spawn(program === "node" ? process.execPath : program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        output.write(part);
      });
    }
    child.on("error", (error) => done({ status: error.message, text }));
    child.on("close", (code, signal) => done({ status: signal ?? code ?? 0, text }));
  });
}

function report(): void {
  console.log("\n── Summary ──");
  const total = { passed: 0, failed: buildFailure === undefined ? 0 : 1, skipped: 0 };
  if (buildFailure !== undefined) console.log(`build         FAILED  ${buildFailure}`);
  for (const { suite, passed, failed, skipped, seconds, note } of results) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
    console.log(`${suite.name.padEnd(13)} ${counts}  ${seconds.toFixed(1)} s${note && `  (${note})`}`);
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}
