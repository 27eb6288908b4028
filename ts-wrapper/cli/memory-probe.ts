import { freemem, totalmem } from "node:os";

const PAGE = 65536;
/** What wasm32 can address: 4 GiB. */
const MOST_PAGES = 65536;

/** Memory of this machine, and how much of it one engine can have. Bytes. */
export interface MemoryFacts {
  readonly total: number;
  readonly free: number;
  /** What a container or the system allows this process; `undefined` without a limit. */
  readonly limit: number | undefined;
  /** How far a wasm memory could be grown just now; nothing of it was touched. */
  readonly wasm: number;
}

export function probeMemory(shared: boolean): MemoryFacts {
  const constrained = (process as { constrainedMemory?(): number | undefined }).constrainedMemory?.() ?? 0;
  const total = totalmem();
  return {
    total,
    free: freemem(),
    limit: constrained > 0 && constrained < total ? constrained : undefined,
    wasm: growable(shared),
  };
}

/** Grows a memory in halving steps until nothing more is given. */
function growable(shared: boolean): number {
  const memory = reserve(shared);
  if (!memory) return 0;
  for (let step = MOST_PAGES / 2; step >= 1; step /= 2) {
    while (memory.buffer.byteLength / PAGE + step <= MOST_PAGES) {
      try {
        memory.grow(step);
      } catch {
        break;
      }
    }
  }
  return memory.buffer.byteLength;
}

/** A small memory with the highest maximum that is given. */
function reserve(shared: boolean): WebAssembly.Memory | undefined {
  for (let maximum = MOST_PAGES; maximum >= 1; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: 1, maximum, shared });
    } catch {
      // the next smaller maximum is tried
    }
  }
  return undefined;
}
