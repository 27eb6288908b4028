// Names of tensors in a PEFT adapter file.
//
//   base_model.model.<module>.lora_A.weight          also lora_A.<adapter>.weight, as it is called in memory
//   base_model.model.<module>.lora_B.weight, .bias
//   base_model.model.<module>.lora_embedding_A, _B
//   base_model.model.<module>.lora_magnitude_vector
//   base_model.model.<module>.token_adapter.trainable_tokens_delta
//   base_model.model.<module>.base_layer.weight      a copy of the wrapped layer; .base_layer may repeat, or stand inside the path
//   base_model.model.<module>.weight, .bias, …       a whole tensor: modules_to_save, a trained bias, a resized embedding
//
// Source: PEFT, `src/peft/tuners/tuners_utils.py`, `_remove_adapter_name_from_state_dict_key`; `src/peft/utils/other.py`.
import { LowrankError } from "../engine/errors.ts";
import { show } from "../io/show.ts";
import type { Adapter, StoredTensor } from "./adapter.ts";

/** Characters of a tensor's name: real ones stay under 200, and what takes them apart is quadratic at worst. */
const MAX_NAME = 4096;

/** What every name begins with: the wrapper's attribute and the tuner's. */
export const PEFT_PREFIX = "base_model.model.";

/** The part that a tensor plays in its module. */
export type Slot = "A" | "B" | "B.bias" | "embedding A" | "embedding B" | "magnitude" | "tokens";

/** The part of a tensor that belongs to no wrapper: a whole tensor, a copy of the wrapped layer, one of the layer that was replaced. */
export type WholeSlot = "whole" | "copy" | "original";

/** A factor or vector of a wrapped module. */
export interface FactorKey {
  readonly tensor: StoredTensor;
  /** Path of the module as the base has it, without wrappers. */
  readonly module: string;
  /** How many wrappers of parameters stand between the module and these factors: `.base_layer` at the end of the path. */
  readonly depth: number;
  readonly slot: Slot | "training";
}

/** A tensor that a base tensor is taken from or repeated in. */
export interface WholeKey {
  readonly tensor: StoredTensor;
  readonly slot: WholeSlot;
  /** Names that it may have in the base: the adapter's name may be part of it. */
  readonly names: readonly string[];
}

const forms: readonly (readonly [RegExp, (match: RegExpMatchArray) => FactorKey["slot"]])[] = [
  [/\.lora_([AB])(?:\.[^.]+)?\.weight$/, ([, ab]) => ab as "A" | "B"],
  [/\.lora_B(?:\.[^.]+)?\.bias$/, () => "B.bias"],
  [/\.lora_embedding_([AB])(?:\.[^.]+)?$/, ([, ab]) => `embedding ${ab as "A" | "B"}`],
  [/\.lora_magnitude_vector(?:\.[^.]+)?(?:\.weight)?$/, () => "magnitude"],
  [/\.token_adapter\.trainable_tokens_delta(?:\.[^.]+)?$/, () => "tokens"],
  [/\.lora_(?:velora_embed|monteclora_sampler)(?:\..*)?$/, () => "training"],
];

/** Takes apart the name of a tensor of an adapter file; `undefined` where the prefix is another one. */
export function parseKey(tensor: StoredTensor): FactorKey | WholeKey | undefined {
  if (!tensor.name.startsWith(PEFT_PREFIX)) return undefined;
  const name = tensor.name.slice(PEFT_PREFIX.length);
  for (const [form, slotOf] of forms) {
    const match = form.exec(name);
    if (match) return { tensor, ...unwrap(name.slice(0, match.index)), slot: slotOf(match) };
  }
  const saved = /^(.*?)\.modules_to_save\.(?:([^.]+)\.)?(.+)$/.exec(name);
  if (saved) {
    const [, module, inner, rest] = saved;
    const names = inner === undefined ? [`${module}.${rest}`] : [`${module}.${inner}.${rest}`, `${module}.${rest}`];
    return { tensor, slot: "whole", names };
  }
  const original = /^(.*?)\.original_module\.(.+)$/.exec(name);
  if (original) return { tensor, slot: "original", names: [`${original[1]}.${original[2]}`] };
  return { tensor, slot: /\.base_layer\.[^.]+$/.test(name) ? "copy" : "whole", names: [unwrap(name).module] };
}

/** A path without `.base_layer`, and how often it stood at the end. */
function unwrap(path: string): { module: string; depth: number } {
  const end = /(?:\.base_layer)*$/.exec(path)![0];
  return { module: path.replaceAll(/\.base_layer(?=\.|$)/g, ""), depth: end.length / ".base_layer".length };
}

/** The module of a parameter's name. */
export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}

/** What an adapter holds for one module under the wrapper at one depth. */
export type Slots = ReadonlyMap<Slot, StoredTensor>;

/** The tensors of an adapter file, sorted. */
export interface PeftTensors {
  /** Factors and vectors, by module and then by depth. */
  readonly modules: ReadonlyMap<string, ReadonlyMap<number, Slots>>;
  readonly wholes: readonly WholeKey[];
  /** What only training needed. */
  readonly training: readonly StoredTensor[];
}

/**
 * Sorts the tensors of an adapter by module. MISMATCH for a name without the prefix, with the nearest name of the base as a hint,
 * and for two names that mean the same tensor; LIMIT for a name that is too long, FORMAT for one with control characters.
 */
export function sortTensors(adapter: Adapter, baseNames: Iterable<string>): PeftTensors {
  const modules = new Map<string, Map<number, Map<Slot, StoredTensor>>>();
  const wholes: WholeKey[] = [];
  const training: StoredTensor[] = [];
  const seen = new Map<string, string>();
  for (const tensor of adapter.tensors.values()) {
    checkName(adapter.name, tensor.name);
    const key = parseKey(tensor);
    if (!key) throw wrongPrefix(adapter.name, tensor.name, baseNames);
    if (key.slot === "training") {
      training.push(tensor);
      continue;
    }
    const identity = "names" in key ? `${key.slot} ${key.names.at(-1)}` : `${key.slot} ${key.depth} ${key.module}`;
    const other = seen.get(identity);
    if (other !== undefined) throw sameTensor(adapter.name, other, tensor.name);
    seen.set(identity, tensor.name);
    if ("names" in key) wholes.push(key);
    else slotsAt(modules, key.module, key.depth).set(key.slot, tensor);
  }
  return { modules, wholes, training };
}

function slotsAt(
  modules: Map<string, Map<number, Map<Slot, StoredTensor>>>,
  module: string,
  depth: number,
): Map<Slot, StoredTensor> {
  const levels = modules.get(module) ?? new Map<number, Map<Slot, StoredTensor>>();
  modules.set(module, levels);
  const slots = levels.get(depth) ?? new Map<Slot, StoredTensor>();
  levels.set(depth, slots);
  return slots;
}

/** Names are shown and taken apart, so they have to be of a sane length and of characters that show. */
function checkName(adapter: string, name: string): void {
  const details = { file: adapter, tensor: name };
  if (name.length > MAX_NAME) {
    const text = `tensor ${show(name)} has a name of ${name.length} characters, at most ${MAX_NAME} are read`;
    throw new LowrankError("LIMIT", adapter, text, details);
  }
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) {
    throw new LowrankError(
      "FORMAT",
      adapter,
      `tensor ${show(name)} has control characters in its name, which no module has`,
      details,
    );
  }
}

function wrongPrefix(adapter: string, name: string, baseNames: Iterable<string>): LowrankError {
  const near = nearestName(name.replace(/\.lora_[A-Za-z_]+(\..*)?$/, ".weight"), baseNames);
  const hint =
    near === undefined
      ? ""
      : `; the nearest name in the base is ${show(near)}, so ${show(`${PEFT_PREFIX}${parentOf(near)}.…`)} was expected`;
  const text = `tensor ${show(name)} does not begin with ${PEFT_PREFIX}, which PEFT puts before the path of the module${hint}`;
  return new LowrankError("MISMATCH", adapter, text, { file: adapter, tensor: name });
}

function sameTensor(adapter: string, one: string, other: string): LowrankError {
  const text = `tensors ${show(one)} and ${show(other)} are the same once the adapter's name is left out; one was needed`;
  return new LowrankError("MISMATCH", adapter, text, { file: adapter, tensor: other });
}

/** The name that shares most of its last parts with the one given; `undefined` where none shares a part. */
export function nearestName(name: string, among: Iterable<string>): string | undefined {
  const parts = name.split(".").reverse();
  let best: string | undefined;
  let most = 1; // the last part, weight or bias, says nothing
  for (const candidate of among) {
    const other = candidate.split(".").reverse();
    let n = 0;
    while (n < parts.length && parts[n] === other[n]) n++;
    if (n > most) {
      most = n;
      best = candidate;
    }
  }
  return best;
}
