/** The part of `node:test` that the tests use, for pages: `test` notes a test, `runTests` runs what was noted, in order. */
export interface TestContext {
  readonly name: string;
  skip(reason?: string): void;
  diagnostic(message: string): void;
}

export interface TestOptions {
  readonly skip?: boolean | string;
  /** Milliseconds after which the test counts as failed. */
  readonly timeout?: number;
}

type TestFunction = (t: TestContext) => unknown;

export interface TestResult {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it was skipped, or how it failed. */
  readonly text: string;
}

interface Noted {
  readonly name: string;
  readonly options: TestOptions;
  readonly run: TestFunction;
}

// On globalThis, so that it is one list however the bundler splits the modules.
const shared = globalThis as { __notedTests?: Noted[] };
shared.__notedTests ??= [];
const noted = shared.__notedTests;

export function test(name: string, options: TestOptions | TestFunction, run?: TestFunction): void {
  if (typeof options === "function") noted.push({ name, options: {}, run: options });
  else noted.push({ name, options, run: run ?? (() => undefined) });
}
test.skip = (name: string, options: TestOptions | TestFunction, run?: TestFunction): void => {
  noted.push({ name, options: { skip: true }, run: run ?? (options as TestFunction) });
};
test.test = test;

/** Runs the tests noted since the last call. */
export async function* runTests(): AsyncGenerator<TestResult> {
  for (const { name, options, run } of noted.splice(0)) {
    if (options.skip) {
      yield { name, outcome: "skipped", text: options.skip === true ? "" : options.skip };
      continue;
    }
    let skipped: string | undefined;
    const t: TestContext = {
      name,
      skip: (reason = "") => {
        skipped = reason;
      },
      diagnostic: (message) => console.log(message),
    };
    try {
      await limit(run(t), options.timeout);
      yield { name, outcome: skipped === undefined ? "passed" : "skipped", text: skipped ?? "" };
    } catch (error) {
      yield { name, outcome: "failed", text: describe(error) };
    }
  }
}

async function limit(work: unknown, timeout: number | undefined): Promise<void> {
  if (timeout === undefined || timeout === Number.POSITIVE_INFINITY) {
    await work;
    return;
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`test timed out after ${timeout} ms`)), timeout);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Chromium's stack begins with the message, Firefox's does not have it. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const head = `${error.name}: ${error.message}`;
  const stack = error.stack ?? "";
  const cause = error.cause === undefined ? "" : `\ncaused by ${describe(error.cause)}`;
  return (stack.includes(error.message) ? stack : `${head}\n${stack}`) + cause;
}

export default test;
