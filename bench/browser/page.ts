// A page that measures, in a dedicated worker: there threads may sleep, and the page stays free to answer the driver.

import { describe } from "../describe.ts";
import { measure } from "../measure.ts";
import { startPeers } from "../peers/index.ts";
import { giveVersions } from "../peers/load.ts";
import type { Event } from "../rows.ts";
import type { Task } from "../task.ts";

/** What the driver uses. */
export interface BenchPage {
  /** Events that the driver has not taken yet. */
  readonly fresh: Event[];
  start(task: Task): void;
}

/** Where the files of packages lie, from the server's root. */
interface Order {
  readonly task: Task;
  readonly files: string;
}

if (typeof document !== "undefined") {
  const fresh: Event[] = [];
  const worker = new Worker("./bench/browser/page.js", { type: "module" });
  worker.onmessage = (event: MessageEvent<Event>) => void fresh.push(event.data);
  worker.onerror = (event) => void fresh.push({ type: "fail", text: event.message }, { type: "end" });
  const files = new URL("./packages", location.href).href;
  const page: BenchPage = { fresh, start: (task) => worker.postMessage({ task, files } satisfies Order) };
  (globalThis as { __bench?: BenchPage }).__bench = page;
} else {
  self.onmessage = ({ data: { task, files } }: MessageEvent<Order>) => void run(task, files);
}

async function run(task: Task, files: string): Promise<void> {
  const say = (event: Event): void => self.postMessage(event);
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
