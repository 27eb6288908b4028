import type { ByteSource } from "../../ts-wrapper/io/byte-source.ts";
import { memorySource } from "../../ts-wrapper/io/memory-source.ts";

/** A source that notes every read: I/O economy is asserted, not hoped for. */
export interface CountingSource extends ByteSource {
  /** [offset, length] of each read, in order. */
  readonly reads: readonly (readonly [number, number])[];
  readonly bytesRead: number;
  readonly closed: number;
}

export function countingSource(bytes: Uint8Array, name = "counted"): CountingSource {
  const inner = memorySource(bytes, name);
  const reads: [number, number][] = [];
  let closed = 0;
  return {
    name,
    byteLength: inner.byteLength,
    reads,
    get bytesRead() {
      return reads.reduce((sum, [, n]) => sum + n, 0);
    },
    get closed() {
      return closed;
    },
    read(offset, length) {
      reads.push([offset, length]);
      return inner.read(offset, length);
    },
    async readInto(offset, into) {
      reads.push([offset, into.length]);
      await inner.readInto!(offset, into);
    },
    async close() {
      closed++;
    },
  };
}

/** A source whose reads succeed `good` times and fail with `error` from then on. */
export function failingSource(bytes: Uint8Array, good: number, error: Error): ByteSource {
  const inner = memorySource(bytes, "failing");
  let left = good;
  return {
    byteLength: inner.byteLength,
    async read(offset, length) {
      if (left-- <= 0) throw error;
      return inner.read(offset, length);
    },
  };
}
