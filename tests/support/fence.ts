import type { Engine, Ptr } from "../../ts-wrapper/engine/engine.ts";

const PAGE = 65536;
const CANARY = 64;
const PATTERN = 0xa5;

/**
 * Operands against the end of linear memory. Each lies on a page of its own that is grown for it: one byte read or written too
 * far traps ("memory access out of bounds") while it is the newest, so a kernel is run once for each operand, that one last.
 * Bytes in front of every operand are marked, and `check` names the operand before which one was changed.
 */
export class Fence {
  readonly #engine: Engine;
  readonly #operands: { name: string; at: number }[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** `bytes` bytes whose last one is the last of the memory as it is now. The memory is never given back. */
  at(name: string, bytes: number): Ptr {
    const pages = Math.ceil((bytes + CANARY) / PAGE);
    const end = (this.#engine.memory.grow(pages) + pages) * PAGE;
    const at = end - bytes;
    this.#engine.u8((at - CANARY) as Ptr, CANARY).fill(PATTERN);
    this.#operands.push({ name, at });
    return at as Ptr;
  }

  check(): void {
    for (const { name, at } of this.#operands) {
      const changed = this.#engine.u8((at - CANARY) as Ptr, CANARY).findIndex((b) => b !== PATTERN);
      if (changed >= 0) throw new Error(`a byte ${CANARY - changed} in front of ${name} was changed`);
    }
  }
}

/** An operand of a kernel: a name and the values it starts with. */
export interface Operand {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function operand(name: string, values: ArrayBufferView): Operand {
  return { name, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice() };
}

/**
 * Calls `run` once for each operand, with that one flush against the end of memory and the others before it, and answers with
 * what the operands held afterwards, the last time. An access beyond an operand's end traps when its turn comes.
 */
export function fenced(engine: Engine, operands: readonly Operand[], run: (...pointers: Ptr[]) => void): Uint8Array[] {
  let after: Uint8Array[] = [];
  for (const last of operands) {
    const fence = new Fence(engine);
    const pointers = new Map<Operand, Ptr>();
    for (const o of [...operands.filter((x) => x !== last), last]) {
      const p = fence.at(o.name, o.bytes.length);
      engine.u8(p, o.bytes.length).set(o.bytes);
      pointers.set(o, p);
    }
    run(...operands.map((o) => pointers.get(o)!));
    fence.check();
    after = operands.map((o) => engine.u8(pointers.get(o)!, o.bytes.length).slice());
  }
  return after;
}
