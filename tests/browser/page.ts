// Runs the bundled tests in a page, or in a dedicated worker that the page starts, and keeps the results where the driver reads them.
import { describe, runTests, type TestResult } from "../support/browser-test.ts";

/** What the driver polls. */
export interface PageState {
  /** Results that the driver has not taken yet. */
  readonly fresh: (TestResult & { readonly file: string })[];
  /** The file at work. */
  file: string;
  done: boolean;
}

const inPage = typeof document !== "undefined";

/** `load` is a list of URLs of test modules. */
async function runFiles(files: readonly string[], say: (message: Message) => void): Promise<void> {
  for (const file of files) {
    say({ file });
    const name = file.replace(/^.*?\/tests\//, "tests/").replace(/\.js$/, ".ts");
    try {
      await import(file);
    } catch (error) {
      say({ result: { file: name, name: `${name} loads`, outcome: "failed", text: describe(error) } });
      continue;
    }
    let count = 0;
    for await (const result of runTests()) {
      count++;
      say({ result: { ...result, file: name } });
    }
    if (count === 0)
      say({ result: { file: name, name: `${name} has a test`, outcome: "failed", text: "no test was found in it" } });
  }
  say({ done: true });
}

type Message = { readonly file: string } | { readonly result: PageState["fresh"][number] } | { readonly done: true };

if (inPage) {
  const state: PageState = { fresh: [], file: "", done: false };
  (globalThis as { __results?: PageState }).__results = state;
  const hear = (message: Message): void => {
    if ("file" in message) state.file = message.file;
    else if ("result" in message) state.fresh.push(message.result);
    else state.done = true;
  };
  const list = (await (await fetch("./files.json")).json()) as { page: string[]; worker: string[] };
  if (location.hash === "#worker") {
    const worker = new Worker("./tests/browser/page.js", { type: "module" });
    worker.onmessage = (event: MessageEvent<Message>) => hear(event.data);
    worker.onerror = (event) => {
      hear({ result: { file: "worker", name: "the worker runs", outcome: "failed", text: event.message } });
      hear({ done: true });
    };
    worker.postMessage(list.worker);
  } else {
    await runFiles(list.page, hear);
  }
} else {
  self.onmessage = (event: MessageEvent<string[]>) => {
    void runFiles(event.data, (message) => self.postMessage(message));
  };
}
