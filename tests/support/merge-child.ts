// Merges in a process of its own and ends itself with SIGKILL in the middle of the n-th operation on the output.
import { openAdapter } from "../../ts-wrapper/adapters/load.ts";
import { runMerge } from "../../ts-wrapper/adapters/merge/run.ts";
import { createEngine } from "../../ts-wrapper/engine/create.ts";
import type { FileSink, FolderSink } from "../../ts-wrapper/io/byte-sink.ts";
import { openModel } from "../../ts-wrapper/io/open-model.ts";
import { openSink } from "../../ts-wrapper/io/open-sink.ts";

const [base, adapter, out, wasm, killAt, shardSize] = process.argv.slice(2) as [string, string, string, string, string, string];
let operations = 0;

/** Counts an operation; at the chosen one does half of it, where it can be halved, and dies. */
async function count(half?: () => Promise<unknown>): Promise<void> {
  if (++operations !== Number(killAt)) return;
  await half?.();
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => {});
}

function mortal(sink: FolderSink): FolderSink {
  return {
    ...bound(sink),
    create: async (file, byteLength) => {
      await count();
      const inner = await sink.create(file, byteLength);
      return {
        write: async (offset, bytes) => {
          await count(() => inner.write(offset, bytes.subarray(0, bytes.length >> 1)));
          await inner.write(offset, bytes);
        },
        hashing: (hash, check) => {
          const writer = inner.hashing!(hash, check)!;
          return {
            write: async (offset, bytes) => {
              await count(() => inner.write(offset, bytes.subarray(0, bytes.length >> 1)));
              await writer.write(offset, bytes);
            },
          };
        },
        readBack: async () => {
          await count();
          return inner.readBack();
        },
        commit: async () => {
          await count();
          await inner.commit();
          await count();
        },
        abort: () => inner.abort(),
      } satisfies FileSink;
    },
    append: async (file, line) => {
      await count(() => sink.append(file, line.slice(0, line.length >> 1)));
      await sink.append(file, line);
    },
    remove: async (file) => {
      await count();
      await sink.remove(file);
    },
  };
}

/** The sink's own members, as functions that keep their `this`. */
function bound(sink: FolderSink): FolderSink {
  return {
    name: sink.name,
    ...(sink.location === undefined ? {} : { location: sink.location }),
    list: () => sink.list(),
    create: (f, n) => sink.create(f, n),
    open: (f) => sink.open(f),
    append: (f, l) => sink.append(f, l),
    remove: (f) => sink.remove(f),
    removeIfEmpty: () => sink.removeIfEmpty(),
    freeBytes: () => sink.freeBytes(),
  };
}

using engine = await createEngine({ threads: 1, wasm: new URL(wasm) });
const job = {
  engine,
  base: await openModel(base),
  adapters: [{ adapter: await openAdapter(adapter) }],
  sink: mortal(await openSink(out)),
  resume: true,
  ...(shardSize === "0" ? {} : { shardSize: Number(shardSize) }),
};
for await (const step of runMerge(job)) if (step.phase === "done") console.log(operations);
await job.base.close();
