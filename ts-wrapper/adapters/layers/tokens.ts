// `trainable_token_indices`: single rows of an embedding, or of a head, that were trained.
//
//   W[index[i]] = delta[i]        delta: n × dim; despite its name it holds the rows, not differences
//
// Source: PEFT, `src/peft/tuners/trainable_tokens/layer.py`, `TrainableTokensLayer.merge`; `src/peft/utils/other.py`,
// `set_additional_trainable_modules`.
import type { RowsEdit, StoredTensor } from "../adapter.ts";
import type { TrainableTokens } from "../peft-config.ts";
import type { PeftTensors } from "../peft-keys.ts";
import { vocabularyRole } from "../vocabulary.ts";
import { type BindContext, misfit } from "./bind-context.ts";

/**
 * Binds trained rows. MISMATCH where rows and indices are not as many, an index is no row or comes twice, the configuration names no
 * rows for a tensor, or names rows that the file does not hold.
 */
export function bindTokens(context: BindContext, tensors: PeftTensors): RowsEdit[] {
  const { config, base } = context;
  const edits: RowsEdit[] = [];
  const answered = new Set<string>();
  for (const [module, levels] of tensors.modules) {
    const tensor = levels.get(0)?.get("tokens");
    const target = base.tensors.get(`${module}.weight`);
    if (!tensor || !target) continue;
    const entry = indicesFor(config.trainableTokens, module);
    if (!entry) {
      const text = `tensor ${tensor.name} holds rows of ${target.name}, but trainable_token_indices in ${config.file} does not say which`;
      throw misfit(context, tensor.name, text);
    }
    answered.add(entry.name);
    checkRows(context, tensor, entry.indices, target.name, target.shape);
    edits.push({ op: "rows", target: target.name, indices: entry.indices, tensor: context.take(tensor) });
  }
  checkAnswered(context, answered, edits);
  return edits;
}

/** The whole list, or that of the entry which the module's name ends with. */
function indicesFor(
  tokens: TrainableTokens | undefined,
  module: string,
): { name: string; indices: readonly number[] } | undefined {
  if (tokens === undefined) return undefined;
  if (!(tokens instanceof Map)) return { name: "", indices: tokens as readonly number[] };
  const found = [...(tokens as ReadonlyMap<string, readonly number[]>)].find(([name]) => module.endsWith(name));
  return found && { name: found[0], indices: found[1] };
}

function checkRows(
  context: BindContext,
  tensor: StoredTensor,
  indices: readonly number[],
  target: string,
  shape: readonly number[],
): void {
  const refuse = (text: string): never => {
    throw misfit(context, tensor.name, text);
  };
  const [rows = 0, dim = 0] = shape;
  if (shape.length !== 2 || tensor.shape.length !== 2 || tensor.shape[0] !== indices.length || tensor.shape[1] !== dim) {
    refuse(
      `tensor ${tensor.name} is [${tensor.shape}], [${indices.length},${dim}] was needed: ${indices.length} rows of ${target} [${shape}]`,
    );
  }
  const beyond = indices.find((i) => i >= rows);
  if (beyond !== undefined) refuse(`trainable_token_indices has ${beyond}, but ${target} has ${rows} rows, for ${tensor.name}`);
  const seen = new Set<number>();
  const twice = indices.find((index) => seen.size === seen.add(index).size);
  if (twice !== undefined)
    refuse(`trainable_token_indices has ${twice} twice, so the row of ${tensor.name} that counts is not known`);
}

/** Every entry needs its rows, but for a head that is tied to an embedding whose rows are there: PEFT stores them once. */
function checkAnswered(context: BindContext, answered: ReadonlySet<string>, edits: readonly RowsEdit[]): void {
  const { config, base } = context;
  const { trainableTokens } = config;
  if (trainableTokens === undefined) return;
  const names = trainableTokens instanceof Map ? [...trainableTokens.keys()] : [""];
  for (const name of names) {
    if (answered.has(name)) continue;
    const role = vocabularyRole(`${name}.weight`);
    if (role === "head" && edits.some((e) => vocabularyRole(e.target) === "embedding")) continue;
    const where = name === "" ? "" : ` for ${JSON.stringify(name)}`;
    const text = `trainable_token_indices in ${config.file} names rows${where}, but no trainable_tokens_delta of the file fits ${base.name}`;
    throw misfit(context, name, text);
  }
}
