import { LowrankError } from "../engine/errors.ts";
import type { TensorInfo } from "../io/model.ts";
import { show } from "../io/show.ts";
import type { Adapter, Base, Edit, StoredTensor } from "./adapter.ts";
import type { Claims } from "./check-copies.ts";
import { nearestName } from "./peft-keys.ts";
import { applyTie, type ExtraTensor, TIED_FLAG, type TiedPolicy, tieOf, withHead } from "./tied.ts";
import { resizedVocabulary, textConfig } from "./vocabulary.ts";

/** What is asked of a binding. */
export interface BindOptions {
  /** Lets tensors of the adapter go unused, and names in its configuration mean nothing; both are listed. Default false. */
  readonly allowUnused?: boolean;
  /** What becomes of a head that is tied to the embedding. No default: it is asked for. */
  readonly tied?: TiedPolicy;
  /** The base is the residual that a PiSSA-like adapter was saved with. Default false. */
  readonly residualBase?: boolean;
}

/** What an adapter does to a base, with everything that had to be decided. */
export interface Bound extends Claims {
  readonly edits: readonly Edit[];
  /** Tensors of the output that the base does not have. */
  readonly extra: readonly ExtraTensor[];
  /** Names of the adapter's tensors that go unused; empty unless that was allowed. */
  readonly unused: readonly string[];
  readonly warnings: readonly string[];
  /** Set to false where the head becomes a tensor of its own. */
  readonly tieWordEmbeddings?: boolean;
  /** The new number of tokens, where it changes. */
  readonly vocabSize?: number;
  /** What this changes in the base's configuration, at every place where it is read. */
  readonly configChanges: readonly ConfigChange[];
  /** The objects of the configuration that speak of the language model: none, or `text_config`. */
  readonly configPath: readonly string[];
}

/** A value of a configuration, by the keys that lead to it. */
export interface ConfigChange {
  readonly path: readonly string[];
  readonly value: boolean | number | string;
}

const MAX_LISTED = 8;
const VOCAB_SIZE = "vocab_size";

/**
 * Tells what an adapter does to a base, by names and shapes; no tensor is read. MISMATCH for everything that does not fit, UNUSED for
 * tensors that nothing uses, KIND for an adapter that belongs to a residual base where `residualBase` is not set; each with the tensor.
 */
export function bindAdapter(adapter: Adapter, base: Base, options: BindOptions = {}): Bound {
  const taken = new Set<string>();
  const take = (name: string): StoredTensor | undefined => {
    taken.add(name);
    return adapter.tensors.get(name);
  };
  const tie = tieOf(base);
  const binding = adapter.kind.bind(adapter, withHead(base, tie), take);
  if (binding.residualInit !== undefined && !options.residualBase)
    throw needsResidual(adapter.name, base.name, binding.residualInit);
  const unused = [...adapter.tensors.keys()].filter((name) => !taken.has(name));
  if (!options.allowUnused) {
    if (unused.length > 0) throw goUnused(adapter.name, base, unused);
    if (binding.unmatched.length > 0) throw unmatched(adapter.name, binding.unmatched);
  }
  const tied = applyTie(adapter.name, base, binding, tie, options.tied);
  const extra = tied.extra.map(({ name, from }): TensorInfo => ({ ...base.tensors.get(from)!, name }));
  const vocabSize = resizedVocabulary(adapter.name, base, tied.edits, extra);
  const touchesTie = tie?.isStored && tied.edits.some((e) => e.target === tie.embedding || e.target === tie.head);
  return {
    edits: tied.edits,
    extra: tied.extra,
    copies: [...binding.copies, ...tied.copies],
    twins: touchesTie ? [[tie.embedding, tie.head]] : [],
    unused,
    warnings: [...binding.warnings, ...binding.unmatched, ...tied.warnings],
    ...(tied.tieWordEmbeddings === undefined ? {} : { tieWordEmbeddings: tied.tieWordEmbeddings }),
    ...(vocabSize === undefined ? {} : { vocabSize }),
    configChanges: configChanges(base, tied.tieWordEmbeddings, vocabSize),
    configPath: tie?.path ?? textConfig(base.config).path,
  };
}

/**
 * The flag goes to the outer object and to `text_config`, as versions of transformers read one or the other; the number of tokens to
 * where it stands.
 */
function configChanges({ config }: Base, tie: boolean | undefined, vocabSize: number | undefined): ConfigChange[] {
  const { config: text, path } = textConfig(config);
  const nested = path.length > 0;
  const changes: ConfigChange[] = [];
  if (tie !== undefined) {
    changes.push({ path: [TIED_FLAG], value: tie });
    if (nested) changes.push({ path: [...path, TIED_FLAG], value: tie });
  }
  if (vocabSize !== undefined) {
    if (config?.has(VOCAB_SIZE) || !nested) changes.push({ path: [VOCAB_SIZE], value: vocabSize });
    if (nested && (text?.has(VOCAB_SIZE) || !config?.has(VOCAB_SIZE)))
      changes.push({ path: [...path, VOCAB_SIZE], value: vocabSize });
  }
  return changes;
}

function needsResidual(adapter: string, base: string, init: string): LowrankError {
  const text = `init_lora_weights is ${init}: the adapter belongs to what was left of its base when training began, not to the model it came from`;
  const out = `if ${base} is that residual base, say so (residual base); otherwise convert the adapter when it is saved, with path_initial_model_for_weight_conversion`;
  return new LowrankError("KIND", adapter, `${text}; ${out}`, { file: adapter });
}

function goUnused(adapter: string, base: Base, unused: readonly string[]): LowrankError {
  const [first = ""] = unused;
  const listed = unused.slice(0, MAX_LISTED).join(", ") + (unused.length > MAX_LISTED ? ", …" : "");
  const near = nearestName(first.replace(/\.lora_[A-Za-z_]+(\..*)?$/, ".weight"), base.tensors.keys());
  const hint = near === undefined ? "" : `; the nearest name in the base is ${show(near)}`;
  const text = `${unused.length} of its tensors would go unused, as nothing in ${base.name} and the configuration asks for them: ${listed}${hint}`;
  return new LowrankError("UNUSED", adapter, text, { file: adapter, tensor: first });
}

function unmatched(adapter: string, texts: readonly string[]): LowrankError {
  const text = `${texts.slice(0, MAX_LISTED).join("; ")}; correct the configuration, or allow unused parts`;
  return new LowrankError("MISMATCH", adapter, text, { file: adapter });
}
