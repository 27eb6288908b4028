import { LowrankError } from "../engine/errors.ts";
import type { JsonObject } from "../io/json.ts";
import type { TensorInfo } from "../io/model.ts";
import type { Base, Edit } from "./adapter.ts";
import { parentOf } from "./peft-keys.ts";

const embeddings = new Set(["embed_tokens", "wte", "word_embeddings", "embed_in", "tok_embeddings", "shared"]);
const heads = new Set(["lm_head", "embed_out"]);

/** What a weight is to the vocabulary, by the last part of its module's name: one row for each token, or neither. */
export function vocabularyRole(tensor: string): "embedding" | "head" | undefined {
  if (!tensor.endsWith(".weight")) return undefined;
  const last = parentOf(tensor).split(".").at(-1)!;
  return embeddings.has(last) ? "embedding" : heads.has(last) ? "head" : undefined;
}

/** The object of the base's configuration that speaks of the language model: `text_config`, or the whole. */
export function textConfig(config: JsonObject | undefined): {
  readonly config: JsonObject | undefined;
  readonly path: readonly string[];
} {
  const nested = config?.get("text_config");
  return nested instanceof Map ? { config: nested, path: ["text_config"] } : { config, path: [] };
}

/**
 * The number of tokens after a merge that gives embeddings or heads another number of rows; `undefined` where none does.
 * MISMATCH where embedding and head would no longer have the same number.
 */
export function resizedVocabulary(
  adapter: string,
  base: Base,
  edits: readonly Edit[],
  extra: readonly TensorInfo[],
): number | undefined {
  const resized = new Map<string, number>();
  const before = (name: string): TensorInfo | undefined => base.tensors.get(name) ?? extra.find((t) => t.name === name);
  for (const edit of edits) {
    if (edit.op !== "replace" || vocabularyRole(edit.target) === undefined) continue;
    const old = before(edit.target)?.shape[0];
    if (old !== edit.tensor.shape[0]) resized.set(edit.target, edit.tensor.shape[0]!);
  }
  const [first] = resized;
  if (!first) return undefined;
  const [tensor, tokens] = first;
  const old = before(tensor)?.shape[0];
  for (const info of [...base.tensors.values(), ...extra]) {
    const isOfVocabulary = vocabularyRole(info.name) !== undefined && info.shape.length === 2 && info.shape[0] === old;
    const rows = resized.get(info.name) ?? info.shape[0]!;
    if (!isOfVocabulary || rows === tokens) continue;
    const text = `${tensor} gets ${tokens} rows from the adapter and ${info.name} has ${rows}; embedding and head need as many rows as each other`;
    throw new LowrankError("MISMATCH", adapter, text, { file: adapter, tensor: info.name });
  }
  return tokens;
}
