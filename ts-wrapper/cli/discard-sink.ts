import { LowrankError } from "../engine/errors.ts";
import type { FileSink, FolderSink } from "../io/byte-sink.ts";
import { memoryFolder } from "../io/memory-sink.ts";

/**
 * Takes the output of a merge that is run for its report: weights are dropped as they come, small files are kept in memory so that
 * they can be read back.
 */
export function discardSink(): FolderSink {
  const kept = memoryFolder("nowhere");
  return {
    ...kept,
    create: async (file, byteLength) => (file.endsWith(".safetensors") ? dropped : kept.create(file, byteLength)),
  };
}

const dropped: FileSink = {
  write: async () => {},
  readBack: async () => {
    throw new LowrankError("BROKEN", "nowhere", "what was dropped cannot be read back");
  },
  commit: async () => {},
  abort: async () => {},
};
