// Embedding and output head that are one tensor.
//
// transformers computes the logits of a model with `tie_word_embeddings` from the embedding, whether or not the file holds a head. An
// adapter that changes one of the two, or each in its own way, fits no tied model, so that the merge has to be told what becomes of it:
//
//   keep     they stay one tensor, and every change goes into it
//   untie    the head becomes a tensor of its own, made from the embedding; each gets its own changes, and the configuration says so
import { LowrankError } from "../engine/errors.ts";
import type { JsonObject } from "../io/json.ts";
import type { TensorInfo } from "../io/model.ts";
import type { Base, Binding, Copy, Edit } from "./adapter.ts";
import { parentOf } from "./peft-keys.ts";
import { textConfig, vocabularyRole } from "./vocabulary.ts";

export type TiedPolicy = "keep" | "untie";

/** The tie of a base. */
export interface Tie {
  /** Names of the two tensors. */
  readonly embedding: string;
  readonly head: string;
  /** Whether the file holds the head as well. */
  readonly isStored: boolean;
  /** The objects of the configuration in which `tie_word_embeddings` stands. */
  readonly path: readonly string[];
}

/** A tensor of the output that the base does not have, made from one that it has. */
export interface ExtraTensor {
  readonly name: string;
  readonly from: string;
}

/** Edits of a tied base, told by the policy. */
export interface TiedEdits {
  readonly edits: readonly Edit[];
  readonly extra: readonly ExtraTensor[];
  readonly copies: readonly Copy[];
  readonly tieWordEmbeddings: boolean | undefined;
  readonly warnings: readonly string[];
}

/** The key of a configuration that says whether the two are one. */
export const TIED_FLAG = "tie_word_embeddings";

/** How embedding and head of a base are tied; `undefined` where they are not, or there is no embedding. */
export function tieOf(base: Base): Tie | undefined {
  const roles = [...base.tensors.values()].filter((t) => t.shape.length === 2 && vocabularyRole(t.name) !== undefined);
  const embedding = roles.find((t) => vocabularyRole(t.name) === "embedding" && !/vision|visual|audio/.test(t.name));
  if (!embedding) return undefined;
  const stored = roles.find((t) => vocabularyRole(t.name) === "head");
  const path = tiedIn(base.config, stored !== undefined);
  if (!path) return undefined;
  return { embedding: embedding.name, head: stored?.name ?? headName(embedding.name), isStored: stored !== undefined, path };
}

/** Where the configuration says that the two are tied; `undefined` where they are not. */
function tiedIn(config: JsonObject | undefined, hasHead: boolean): readonly string[] | undefined {
  const text = textConfig(config);
  const outer = config?.get(TIED_FLAG);
  const inner = text.config?.get(TIED_FLAG);
  if (outer === true) return [];
  // A head that is not stored has to come from somewhere, whatever the outer object says.
  if (inner === true && (outer === undefined || !hasHead)) return text.path;
  if (outer === undefined && inner === undefined && !hasHead && hasLanguageHead(config)) return [];
  return undefined;
}

/** Configurations leave the flag out where it has the default of transformers, which is tied. */
function hasLanguageHead(config: JsonObject | undefined): boolean {
  const names = config?.get("architectures");
  return (
    Array.isArray(names) &&
    names.some((n) => typeof n === "string" && /(ForCausalLM|LMHeadModel|ForConditionalGeneration)$/.test(n))
  );
}

function headName(embedding: string): string {
  if (embedding.endsWith("embed_in.weight")) return "embed_out.weight";
  const nested = /^(.*language_model\.)model\./.exec(embedding)?.[1] ?? "";
  return `${nested}lm_head.weight`;
}

/** The base with a head, so that an adapter of the head finds it: the embedding under the head's name. */
export function withHead(base: Base, tie: Tie | undefined): Base {
  if (!tie || tie.isStored) return base;
  const head: TensorInfo = { ...base.tensors.get(tie.embedding)!, name: tie.head };
  return { name: base.name, config: base.config, tensors: new Map([...base.tensors, [tie.head, head]]) };
}

/**
 * Applies the policy to the edits of a tied base. MISMATCH where one is needed and none is given, with what each would do; and where
 * `keep` cannot hold what the adapter does. An adapter that says itself that the two stay tied needs no policy.
 */
export function applyTie(
  adapter: string,
  base: Base,
  binding: Binding,
  tie: Tie | undefined,
  policy: TiedPolicy | undefined,
): TiedEdits {
  const { edits } = binding;
  const none = { extra: [], copies: [], tieWordEmbeddings: undefined, warnings: [] };
  const onEmbedding = tie ? edits.filter((e) => e.target === tie.embedding) : [];
  const onHead = tie ? edits.filter((e) => e.target === tie.head) : [];
  if (!tie || onEmbedding.length + onHead.length === 0) return { edits, ...none };
  // PEFT ties the rows of trained tokens by itself, and everything else with ensure_weight_tying.
  const areShared = binding.keepsTied || (onHead.length === 0 && onEmbedding.every((e) => e.op === "rows"));
  if (policy === undefined && !areShared) throw noPolicy(adapter, base.name, tie, [...onEmbedding, ...onHead]);
  const mirrored = areShared && onHead.length === 0 ? onEmbedding.map((e) => ({ ...e, target: tie.head })) : onHead;
  const others = edits.filter((e) => e.target !== tie.embedding && e.target !== tie.head);
  if (policy === "untie") {
    return {
      ...none,
      edits: [...others, ...onEmbedding, ...mirrored],
      extra: tie.isStored ? [] : [{ name: tie.head, from: tie.embedding }],
      tieWordEmbeddings: false,
    };
  }
  const { shared, copies, warnings } = share(adapter, tie, onEmbedding, onHead, binding.keepsTied);
  const targets = tie.isStored ? [tie.embedding, tie.head] : [tie.embedding];
  return { ...none, edits: [...others, ...targets.flatMap((target) => shared.map((e) => ({ ...e, target })))], copies, warnings };
}

/** The changes of the one tensor that both are. */
function share(
  adapter: string,
  tie: Tie,
  onEmbedding: readonly Edit[],
  onHead: readonly Edit[],
  keepsTied: boolean,
): { shared: readonly Edit[]; copies: Copy[]; warnings: string[] } {
  const [first] = onEmbedding;
  const [second] = onHead;
  if (!first || !second) return { shared: first ? onEmbedding : onHead, copies: [], warnings: [] };
  const isLowRank = [...onEmbedding, ...onHead].every((e) => e.op === "low-rank" && !e.magnitude);
  if (onEmbedding.length === 1 && onHead.length === 1 && first.op === "replace" && second.op === "replace") {
    return {
      shared: onEmbedding,
      copies: [{ tensor: second.tensor, of: { stored: first.tensor, transposed: false } }],
      warnings: [],
    };
  }
  if (isLowRank && keepsTied) return { shared: onEmbedding, copies: sameFactors(onEmbedding, onHead), warnings: [] };
  if (isLowRank) {
    const text = `${parentOf(tie.embedding)} and ${parentOf(tie.head)} stay one tensor, which gets the changes of both; unmerged, each had its own only`;
    return { shared: [...onEmbedding, ...onHead], copies: [], warnings: [text] };
  }
  const what = (list: readonly Edit[]): string =>
    list.map((e) => (e.op === "low-rank" && e.magnitude ? "DoRA" : e.op)).join(" and ");
  const text = `${tie.embedding} (${what(onEmbedding)}) and ${tie.head} (${what(onHead)}) are one tensor in the base and cannot take both changes`;
  throw new LowrankError("MISMATCH", adapter, `${text}; untie them (tied: untie)`, { file: adapter, tensor: tie.head });
}

/** With `ensure_weight_tying` the head's factors are those of the embedding, transposed and exchanged: B = Aᵀ, A = Bᵀ. */
function sameFactors(onEmbedding: readonly Edit[], onHead: readonly Edit[]): Copy[] {
  const [e, h] = [onEmbedding[0], onHead[0]];
  if (e?.op !== "low-rank" || h?.op !== "low-rank") return [];
  return [
    { tensor: h.left[0]!.tensor, of: { stored: e.left[0]!.tensor, transposed: true } },
    { tensor: h.right[0]!.tensor, of: { stored: e.right[0]!.tensor, transposed: true } },
  ];
}

function noPolicy(adapter: string, base: string, tie: Tie, edits: readonly Edit[]): LowrankError {
  const tensor = edits[0]!.op === "low-rank" ? edits[0]!.left[0]!.tensor.name : edits[0]!.tensor.name;
  const both = new Set(edits.map((e) => e.target)).size > 1;
  const which = both ? `${tie.embedding} and ${tie.head}, each in its own way` : edits[0]!.target;
  const text = `${base} has one tensor for ${tie.embedding} and ${tie.head}, and the adapter changes ${which} (${tensor})`;
  const keep = `tied: keep puts ${both ? "both changes" : "the change"} into the one tensor`;
  const untie = "tied: untie makes the head a tensor of its own, as the adapter was trained unless its training kept them tied";
  return new LowrankError("MISMATCH", adapter, `${text}; choose: ${keep}; ${untie}`, { file: adapter, tensor });
}
