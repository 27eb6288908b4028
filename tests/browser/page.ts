// Runs the bundled tests, first in a page, then in a dedicated worker that a fresh page starts, and posts the results to the server.
import { describe, runTests, type TestResult } from "../support/browser-test.ts";
import { alone, Mail } from "./mail.ts";

type Realm = "page" | "worker";

/** What the page tells: that it is there, each file before it is loaded, the results of its tests, and at last `done`. */
export type Message =
  | { readonly hello: true }
  | { readonly file: string }
  | (TestResult & { readonly realm: Realm })
  /** A failure outside of any test, or what was written to the console. */
  | { readonly note: string }
  | { readonly done: true };

type Say = (message: Message) => void;

async function runFiles(realm: Realm, files: readonly string[], say: Say): Promise<void> {
  for (const file of files) {
    say({ file });
    const name = file.replace(/^.*?\/tests\//, "tests/").replace(/\.js$/, ".ts");
    const fail = (what: string, text: string): void => say({ realm, name: `${name} ${what}`, outcome: "failed", text });
    try {
      await import(file);
    } catch (error) {
      fail("loads", describe(error));
      continue;
    }
    let count = 0;
    for await (const result of runTests()) {
      count++;
      say({ realm, ...result });
    }
    if (count === 0) fail("has a test", "no test was found in it");
  }
}

/** Runs the files in a dedicated worker that this file starts. */
function runInWorker(files: readonly string[], say: Say): Promise<void> {
  const worker = new Worker("./tests/browser/page.js", { type: "module" });
  return new Promise((done) => {
    worker.onmessage = (event: MessageEvent<Message>) => {
      if ("done" in event.data) done();
      else say(event.data);
    };
    worker.onerror = (event) => {
      say({ realm: "worker", name: "the worker runs", outcome: "failed", text: event.message });
      done();
    };
    worker.postMessage(files);
  });
}

async function runPage(): Promise<void> {
  const mail = new Mail<Message>();
  const { say } = mail;
  addEventListener("error", (event) => say({ note: event.message }));
  addEventListener("unhandledrejection", (event) => say({ note: describe(event.reason) }));
  for (const level of ["log", "warn", "error"] as const) console[level] = (...args) => say({ note: args.join(" ") });
  await alone();
  const files = (await (await fetch("./files.json")).json()) as Record<Realm, string[]>;
  if (location.search === "?worker") {
    await runInWorker(files.worker, say);
    say({ done: true });
  } else {
    say({ hello: true });
    await runFiles("page", files.page, say);
    await mail.sent;
    location.search = "?worker";
  }
}

if (typeof document === "undefined") {
  self.onmessage = async (event: MessageEvent<string[]>) => {
    await runFiles("worker", event.data, (message) => self.postMessage(message));
    self.postMessage({ done: true } satisfies Message);
  };
} else {
  await runPage();
}
