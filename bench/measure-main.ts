// Measures in Node, Deno or Bun; run.ts starts it with a task in JSON and reads the events from its standard output.
import { measure } from "./measure.ts";
import { nativePeers } from "./native/native.ts";
import { startPeers } from "./peers/index.ts";
import { giveVersions } from "./peers/load.ts";
import type { Peer } from "./peers/peer.ts";
import type { Event, Skip } from "./rows.ts";
import { MARK, type Task, takesPart } from "./task.ts";

function say(event: Event): void {
  process.stdout.write(`${MARK}${JSON.stringify(event)}\n`);
}

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? "") as Task;
  giveVersions(task.versions);
  const started: Peer[] = [];
  const take = ({ peers, skips }: { peers: Peer[]; skips: Skip[] }): void => {
    started.push(...peers);
    for (const skip of skips) say({ type: "skip", skip });
  };
  take(await startPeers(task.peers, { threads: task.peerThreads, files: undefined }));
  if (takesPart("native", task.peers)) take(await nativePeers(task.peerThreads));
  await measure(task, started, {}, say);
  for (const peer of started) peer.close?.();
}

await main();
// Peers leave timers and workers behind.
await new Promise((written) => process.stdout.write("", written));
process.exit(0);
