import { existsSync, readFileSync } from "node:fs";
import { nodeOnly, testFiles } from "../../tests/support/test-files.ts";
import { probe } from "../engine/features.ts";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What to run for one suite, or why not. */
export type Plan =
  | {
      readonly program: string;
      readonly args: readonly string[];
      readonly env?: NodeJS.ProcessEnv;
      readonly notes?: readonly string[];
    }
  | { readonly skip: string };

/** One runtime's run of the tests. */
export interface Suite {
  readonly name: string;
  readonly title: string;
  /** `files` is a part of the path; a suite that has no such file answers with `skip`. */
  plan(files: string): Promise<Plan>;
  /** Reads the counts from what the runner printed (without colours); `undefined` where it never came to them. */
  counts(output: string): Counts | undefined;
}

/** Bun gives a test 5 s unless told otherwise; the others give it all the time it takes. */
const TIMEOUT_MS = 600_000;

const none = (files: string): Plan => ({ skip: `no file with ${JSON.stringify(files)} in its path` });

async function chosen(kind: "plain" | "node", files: string): Promise<string[]> {
  return (await testFiles(kind)).filter((path) => path.includes(files));
}

/** The last line `<name>: N passed, N failed, N skipped`. */
function ownCounts(name: string): Suite["counts"] {
  return (output) => {
    const line = [...output.matchAll(new RegExp(`^${name}: (\\d+) passed, (\\d+) failed(?:, (\\d+) skipped)?`, "gm"))].at(-1);
    return line && { passed: Number(line[1]), failed: Number(line[2]), skipped: Number(line[3] ?? 0) };
  };
}

function nodeCounts(output: string): Counts | undefined {
  const number = (word: string): number => Number(new RegExp(`^ℹ ${word} (\\d+)$`, "m").exec(output)?.[1] ?? Number.NaN);
  const counts = {
    passed: number("pass"),
    failed: number("fail") + number("cancelled"),
    skipped: number("skipped") + number("todo"),
  };
  return Object.values(counts).some(Number.isNaN) ? undefined : counts;
}

function nodePlan(
  flags: readonly string[],
  plain: readonly string[],
  files: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Plan {
  const args = [...flags, "--import", "tsx", "--test", "--test-concurrency=2", "--test-reporter=spec"];
  const all = plain.length > 0 ? ["tests/support/run-plain.ts", ...files] : files;
  return { program: "node", args: [...args, ...all], env: { ...env, TEST_FILES: JSON.stringify(plain) } };
}

const node: Suite = {
  name: "node",
  title: "Node",
  async plan(files) {
    const [plain, own] = [await chosen("plain", files), await chosen("node", files)];
    return plain.length + own.length === 0 ? none(files) : nodePlan([], plain, own);
  },
  counts: nodeCounts,
};

const nodeRelaxed: Suite = {
  name: "node-relaxed",
  title: "Node with relaxed SIMD: kernels",
  async plan(files) {
    if (probe().relaxedSimd.available) return { skip: "this Node has relaxed SIMD without a flag, so the suite `node` ran it" };
    const kernels = (await chosen("plain", files)).filter((path) => /^tests\/(assembly|ts-wrapper\/linalg)\//.test(path));
    const plain = kernels.filter((path) => readFileSync(path, "utf8").includes("/support/builds.ts"));
    return plain.length === 0
      ? none(files)
      : nodePlan(["--experimental-wasm-relaxed-simd"], plain, [], { TEST_BUILDS: "relaxed" });
  },
  counts: nodeCounts,
};

/** Plain files and those of Node that do not ask for Node alone. */
async function portable(files: string): Promise<{ files: string[]; notes: string[] }> {
  const own = await Promise.all((await chosen("node", files)).map(async (path) => ({ path, why: await nodeOnly(path) })));
  return {
    files: [...(await chosen("plain", files)), ...own.filter(({ why }) => !why).map(({ path }) => path)],
    notes: own.filter(({ why }) => why).map(({ path, why }) => `# skipped: ${path} (${why})`),
  };
}

const deno: Suite = {
  name: "deno",
  title: "Deno",
  async plan(files) {
    const found = await portable(files);
    if (found.files.length === 0) return none(files);
    return { program: "node_modules/.bin/deno", args: ["test", "-A", "--no-check", ...found.files], notes: found.notes };
  },
  counts(output) {
    const line =
      /^(?:ok|FAILED) \| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored)?/m.exec(
        output,
      );
    return line ? { passed: Number(line[1]), failed: Number(line[2]), skipped: Number(line[3] ?? 0) } : undefined;
  },
};

const bun: Suite = {
  name: "bun",
  title: "Bun",
  async plan(files) {
    const found = await portable(files);
    if (found.files.length === 0) return none(files);
    return {
      program: "node_modules/.bin/bun",
      args: ["test", "--timeout", String(TIMEOUT_MS), ...found.files.map((path) => `./${path}`)],
      notes: found.notes,
    };
  },
  counts(output) {
    const number = (word: string): number => Number(new RegExp(`^ *(\\d+) ${word}$`, "m").exec(output)?.[1] ?? 0);
    if (!/^Ran \d+ tests? across/m.test(output)) return undefined;
    return {
      passed: number("pass"),
      failed: Math.max(number("fail"), number("errors?")),
      skipped: number("skip") + number("todo"),
    };
  },
};

function browser(name: string, title: string): Suite {
  return {
    name,
    title,
    async plan(files) {
      const plain = await chosen("plain", files);
      return plain.length === 0
        ? none(files)
        : { program: "node", args: ["--import", "tsx", "tests/browser/run.ts", name, ...plain] };
    },
    counts: ownCounts(name),
  };
}

const asPect: Suite = {
  name: "as-pect",
  title: "as-pect: kernels inside wasm",
  async plan(files) {
    if (files !== "") return { skip: "as-pect takes no choice of files" };
    return existsSync("ts-wrapper/tools/aspect.ts")
      ? { program: "node", args: ["--import", "tsx", "ts-wrapper/tools/aspect.ts"] }
      : { skip: "ts-wrapper/tools/aspect.ts is missing" };
  },
  counts: ownCounts("as-pect"),
};

/** In the order in which they run. WASI is tested by files of the suite `node`. */
export const suites: readonly Suite[] = [
  asPect,
  node,
  nodeRelaxed,
  deno,
  bun,
  browser("chromium", "Chromium"),
  browser("firefox", "Firefox"),
];
