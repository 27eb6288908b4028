// A page that measures, in a dedicated worker: there threads may sleep, and the page stays free to post what it tells.

import { alone, Mail } from "../../tests/browser/mail.ts";
import { describe } from "../describe.ts";
import { measure } from "../measure.ts";
import { startPeers } from "../peers/index.ts";
import { giveVersions } from "../peers/load.ts";
import type { Event } from "../rows.ts";
import type { Task } from "../task.ts";

/** What the page tells: the events of the measurement, and what was written to the console. */
export type Message = Event | { readonly note: string };

/** Where the files of packages lie, from the server's root. */
interface Order {
  readonly task: Task;
  readonly files: string;
}

if (typeof document === "undefined") {
  self.onmessage = ({ data: { task, files } }: MessageEvent<Order>) => void run(task, files);
} else {
  const { say } = new Mail<Message>();
  addEventListener("error", (event) => say({ note: event.message }));
  addEventListener("unhandledrejection", (event) => say({ note: describe(event.reason) }));
  await alone();
  const task = (await (await fetch("./task.json")).json()) as Task;
  const worker = new Worker("./bench/browser/page.js", { type: "module" });
  worker.onmessage = (event: MessageEvent<Message>) => say(event.data);
  worker.onerror = (event) => {
    say({ type: "fail", text: event.message });
    say({ type: "end" });
  };
  worker.postMessage({ task, files: new URL("./packages", location.href).href } satisfies Order);
}

async function run(task: Task, files: string): Promise<void> {
  const say = (message: Message): void => self.postMessage(message);
  for (const level of ["log", "warn", "error"] as const) console[level] = (...args) => say({ note: args.join(" ") });
  try {
    giveVersions(task.versions);
    const { peers, skips } = await startPeers(task.peers, { threads: task.peerThreads, files });
    for (const skip of skips) say({ type: "skip", skip });
    await measure(task, peers, {}, say);
  } catch (error) {
    say({ type: "fail", text: describe(error) });
    say({ type: "end" });
  }
}
