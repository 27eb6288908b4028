import type { Engine, Ptr } from "../../ts-wrapper/engine/engine.ts";

/** Marked bytes in front of every operand, and behind those that something follows. */
const CANARY = 64;
const PATTERN = 0xa5;
const PAGE = 65536;

/** An operand of a kernel: a name and the bytes it starts with. */
export interface Operand {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function operand(name: string, values: ArrayBufferView): Operand {
  return { name, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice() };
}

/**
 * Calls `run` once for each operand, with that one flush against the end of linear memory: an access beyond its end traps
 * ("memory access out of bounds"). The others lie between marked bytes; a changed mark fails with the operand's name. Answers
 * with what the operands held afterwards, the last time.
 */
export function fenced(engine: Engine, operands: readonly Operand[], run: (...pointers: Ptr[]) => void): Uint8Array[] {
  let after: Uint8Array[] = [];
  for (const last of operands) {
    const blocks: Ptr[] = [];
    try {
      const pointers = operands.map((o) => {
        if (o === last) return 0 as Ptr;
        const block = engine.allocator.alloc(CANARY + o.bytes.length + CANARY);
        blocks.push(block);
        return (block + CANARY) as Ptr;
      });
      const { block, end } = blockAtEnd(engine, CANARY + last.bytes.length);
      blocks.push(block);
      pointers[operands.indexOf(last)] = (end - last.bytes.length) as Ptr;
      operands.forEach((o, i) => {
        mark(engine, (pointers[i]! - CANARY) as Ptr);
        engine.u8(pointers[i]!, o.bytes.length).set(o.bytes);
        if (o !== last) mark(engine, (pointers[i]! + o.bytes.length) as Ptr);
      });
      run(...pointers);
      operands.forEach((o, i) => {
        check(engine, (pointers[i]! - CANARY) as Ptr, `in front of ${o.name}`);
        if (o !== last) check(engine, (pointers[i]! + o.bytes.length) as Ptr, `behind ${o.name}`);
      });
      after = operands.map((o, i) => engine.u8(pointers[i]!, o.bytes.length).slice());
    } finally {
      for (const block of blocks.reverse()) engine.allocator.free(block);
    }
  }
  return after;
}

/** A block that ends where the memory ends. */
function blockAtEnd(engine: Engine, bytes: number): { block: Ptr; end: number } {
  const held: Ptr[] = [];
  let size = Math.max(PAGE, Math.ceil(bytes / CANARY) * CANARY); // small holes are not worth filling one by one
  try {
    for (;;) {
      const block = engine.allocator.alloc(size);
      const end = engine.memory.buffer.byteLength;
      const left = end - (block + size);
      if (left === 0) return { block, end };
      if (left < PAGE) {
        engine.allocator.free(block); // it lies at the top: once more, longer
        size += left;
      } else {
        held.push(block); // it lies in a hole: fill that, and look behind it
      }
    }
  } finally {
    for (const block of held) engine.allocator.free(block);
  }
}

function mark(engine: Engine, at: Ptr): void {
  engine.u8(at, CANARY).fill(PATTERN);
}

function check(engine: Engine, at: Ptr, where: string): void {
  if (engine.u8(at, CANARY).some((b) => b !== PATTERN)) throw new Error(`bytes ${where} were changed`);
}
