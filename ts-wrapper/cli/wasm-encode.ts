/**
 * WebAssembly written byte by byte, for loops whose instructions are to be exactly these. Code is a list of bytes; each function returns
 * the encoding of one thing. Locals are told by their index, parameters first.
 *
 * Encoding: WebAssembly Core Specification, chapter 5; opcodes of vector instructions are behind the prefix 0xfd.
 */
export type Code = readonly number[];

export const I32 = 0x7f;
export const V128 = 0x7b;

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    const low = rest & 127;
    rest >>>= 7;
    out.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return out;
}

/** Signed LEB128 of a number from 0 up. */
export function signed(value: number): number[] {
  const out = unsigned(value);
  if ((out.at(-1)! & 64) === 0) return out;
  out[out.length - 1]! |= 128;
  return [...out, 0];
}

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const tee = (local: number): Code => [0x22, ...unsigned(local)];
export const constant = (value: number): Code => [0x41, ...signed(value)];
export const simd = (opcode: number, ...rest: Code): Code => [0xfd, ...unsigned(opcode), ...rest];
/** Alignment as a power of two, and an offset in bytes: what every load and store has. */
export const at = (align: number, offset: number): Code => [align, ...unsigned(offset)];
export const load = (offset: number): Code => simd(0x00, ...at(4, offset));
export const store = (offset: number): Code => simd(0x0b, ...at(4, offset));
export const add: Code = [0x6a];
export const multiply: Code = [0x6c];
export const shiftRight: Code = [0x76];
export const lessThan: Code = [0x49];
export const atLeast: Code = [0x4f];
export const end: Code = [0x0b];
export const branch = (depth: number): Code => [0x0c, depth];
export const branchIf = (depth: number): Code => [0x0d, depth];
export const xor = simd(0x51);

/** `local += value` */
export const advance = (local: number, value: number): Code => [...get(local), ...constant(value), ...add, ...set(local)];

/** `for (i = i0; i < i1; i++) body`, with i in the local `i`. */
export function rows(i: number, i0: number, i1: number, body: Code): Code {
  const test: Code = [...get(i), ...get(i1), ...atLeast, ...branchIf(1)];
  return [...get(i0), ...set(i), 0x02, 0x40, 0x03, 0x40, ...test, ...body, ...advance(i, 1), ...branch(0), ...end, ...end];
}

/** `do body while (local < limit)` */
export function repeat(local: number, limit: number, body: Code): Code {
  return [0x03, 0x40, ...body, ...get(local), ...get(limit), ...lessThan, ...branchIf(0), ...end];
}

/** `while (local < limit) body` */
export function loop(local: number, limit: number, body: Code): Code {
  return [0x03, 0x40, ...get(local), ...get(limit), ...lessThan, 0x04, 0x40, ...body, ...branch(1), ...end, ...end];
}

/** A function's body with its locals behind the parameters: first those of i32, then those of v128. */
export function body(i32s: number, v128s: number, code: Code): Code {
  const content = [2, ...unsigned(i32s), I32, ...unsigned(v128s), V128, ...code, ...end];
  return [...unsigned(content.length), ...content];
}

/** One type of vector: its lanes, and the opcodes that a product needs. */
export interface Lanes {
  /** Bytes of a lane. */
  readonly size: number;
  readonly loadSplat: (offset: number) => Code;
  /** The sum x + a·b of the vectors in three locals, left on the stack. */
  fused(a: number, b: number, x: number): Code;
}

export function lanes(dtype: "f32" | "f64", relaxed: boolean): Lanes {
  const [size, splat, mul, plus, fma] = dtype === "f32" ? [4, 0x09, 0xe6, 0xe4, 0x105] : [8, 0x0a, 0xf2, 0xf0, 0x107];
  return {
    size,
    loadSplat: (offset) => simd(splat, ...at(size === 4 ? 2 : 3, offset)),
    fused: (a, b, x) =>
      relaxed ? [...get(a), ...get(b), ...get(x), ...simd(fma)] : [...get(a), ...get(b), ...simd(mul), ...get(x), ...simd(plus)],
  };
}

function section(id: number, items: readonly Code[]): Code {
  const content = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(content.length), ...content];
}

const name = (text: string): Code => [...unsigned(text.length), ...new TextEncoder().encode(text)];

/** A function of i32 parameters: its name in the exports, and its body. */
export interface Exported {
  readonly name: string;
  readonly parameters: number;
  /** Whether it returns an i32. */
  readonly result?: boolean;
  readonly body: Code;
}

/** A module that imports `env.memory` and exports the functions. */
export function moduleOf(functions: readonly Exported[], shared: boolean): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, result = false }) => [
    ...[0x60, parameters, ...new Array<number>(parameters).fill(I32)],
    ...(result ? [1, I32] : [0]),
  ]);
  const limits = shared ? [0x03, 1, ...unsigned(65536)] : [0x00, 1];
  const exported = functions.map(({ name: text }, index) => [...name(text), 0x00, ...unsigned(index)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(2, [[...name("env"), ...name("memory"), 0x02, ...limits]]),
    ...section(
      3,
      types.map((_, index) => unsigned(index)),
    ),
    ...section(7, exported),
    ...section(
      10,
      functions.map((f) => f.body),
    ),
  ]);
}
