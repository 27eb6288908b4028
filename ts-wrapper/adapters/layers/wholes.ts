// Whole tensors in an adapter file: modules kept whole (`modules_to_save`), trained biases (`bias`), embeddings of a resized vocabulary,
// and copies of wrapped layers, which PEFT saves when an embedding is targeted.
//
// PEFT loads every tensor whose name the model has over the model's own. So a whole tensor replaces the base's, whether or not the
// configuration asks for it (then a warning says so); a copy of a wrapped layer has to be what the base has, or the adapter was made
// for another base.
//
// Source: PEFT, `src/peft/utils/other.py`, `ModulesToSaveWrapper`; `src/peft/utils/save_and_load.py`, `get_peft_model_state_dict`.
import type { TensorInfo } from "../../io/model.ts";
import { show } from "../../io/show.ts";
import type { Copy, ReplaceEdit, StoredTensor } from "../adapter.ts";
import { parentOf, type WholeKey } from "../peft-keys.ts";
import type { Targets } from "../peft-matching.ts";
import { vocabularyRole } from "../vocabulary.ts";
import { type BindContext, misfit, sameShape } from "./bind-context.ts";

export interface Wholes {
  readonly edits: readonly ReplaceEdit[];
  readonly copies: readonly Copy[];
}

/** Binds whole tensors; `wrapped` are the modules that have factors. Tensors that the base has no place for are left to the loader. */
export function bindWholes(
  context: BindContext,
  keys: readonly WholeKey[],
  wrapped: ReadonlySet<string>,
  targets: Targets,
): Wholes {
  const { base } = context;
  const edits: ReplaceEdit[] = [];
  const copies: Copy[] = [];
  for (const { tensor, slot, names } of keys) {
    const target = names.map((n) => base.tensors.get(n)).find((t) => t !== undefined);
    if (!target) continue;
    const module = parentOf(target.name);
    const isFrozen = slot === "original" || (wrapped.has(module) && target.name.endsWith(".weight"));
    if (slot === "copy" && !wrapped.has(module)) continue;
    if (isFrozen && sameShape(tensor.shape, target.shape))
      copies.push({ tensor: context.take(tensor), of: { base: target.name } });
    else if (slot === "original") context.take(tensor);
    else {
      checkShape(context, tensor, target);
      if (!isAskedFor(context, target, targets)) {
        context.warn(
          `${tensor.name} replaces ${target.name}, as PEFT does on loading, though ${context.config.file} does not ask for it`,
        );
      }
      edits.push({ op: "replace", target: target.name, tensor: context.take(tensor) });
    }
  }
  checkSaved(context, edits, targets);
  return { edits, copies };
}

/** Only the number of tokens may differ. */
function checkShape(context: BindContext, tensor: StoredTensor, target: TensorInfo): void {
  if (sameShape(tensor.shape, target.shape)) return;
  const isVocabulary = vocabularyRole(target.name) !== undefined && target.shape.length === 2;
  if (isVocabulary && tensor.shape.length === 2 && tensor.shape[1] === target.shape[1]) return;
  const text = `tensor ${tensor.name} is [${tensor.shape}], [${target.shape}] was needed to replace ${target.name}`;
  throw misfit(context, tensor.name, `${text}; only the rows of an embedding or head may be more or fewer`);
}

function isAskedFor({ config }: BindContext, target: TensorInfo, targets: Targets): boolean {
  if (targets.savedBy(parentOf(target.name)) !== undefined || vocabularyRole(target.name) !== undefined) return true;
  return config.bias !== "none" && target.name.endsWith(".bias");
}

/** Every tensor of a module that is kept whole has to be in the file. */
function checkSaved(context: BindContext, edits: readonly ReplaceEdit[], targets: Targets): void {
  if (context.config.modulesToSave.length === 0) return;
  const replaced = new Set(edits.map((e) => e.target));
  for (const name of context.base.tensors.keys()) {
    const entry = targets.savedBy(parentOf(name));
    if (entry === undefined || replaced.has(name)) continue;
    const text = `${show(name)} is kept whole by modules_to_save ${JSON.stringify(entry)} in ${context.config.file}, but the file does not hold it`;
    throw misfit(context, name, `${text}; it may be cut short`);
  }
}
