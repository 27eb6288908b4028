import type { Dtype } from "../io/dtype.ts";
import type { JsonObject } from "../io/json.ts";
import type { TensorInfo } from "../io/model.ts";

/** A tensor of an adapter file, not read yet. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
  /** Its bytes, all of them or `length` from `offset` on. */
  read(offset?: number, length?: number): Promise<Uint8Array>;
}

/** A rows × cols matrix inside a stored tensor: element (i, j) is element `offset + i·rowStride + j·colStride` of it. */
export interface FactorView {
  readonly tensor: StoredTensor;
  readonly rows: number;
  readonly cols: number;
  readonly offset: number;
  readonly rowStride: number;
  readonly colStride: number;
}

/**
 * ΔW = scale · left · right for a base tensor seen as `left.length` matrices of rows × cols, one behind the other.
 * Linear layers have one; a 3-D tensor of experts has one for each expert. With a `magnitude` (DoRA) the merged matrix is
 * V · (magnitude / ‖V‖) with V = W + ΔW and the norm taken along each row (`rows`) or each column (`columns`).
 */
export interface LowRankEdit {
  readonly op: "low-rank";
  readonly target: string;
  readonly rows: number;
  readonly cols: number;
  readonly rank: number;
  /** One rows × rank view for each matrix. */
  readonly left: readonly FactorView[];
  /** One rank × cols view for each matrix. */
  readonly right: readonly FactorView[];
  readonly scale: number;
  /** Where the scale comes from, for people: `alpha 16 / r 8`, `alpha 4 / √r 16 (rsLoRA)`. */
  readonly scaleWhy: string;
  readonly magnitude?: { readonly tensor: StoredTensor; readonly along: "rows" | "columns" };
}

/** The tensor is taken from the adapter: `modules_to_save`, a trained bias. */
export interface ReplaceEdit {
  readonly op: "replace";
  readonly target: string;
  readonly tensor: StoredTensor;
}

/** Single rows are taken from the adapter: `trainable_token_indices`. */
export interface RowsEdit {
  readonly op: "rows";
  readonly target: string;
  readonly indices: readonly number[];
  readonly tensor: StoredTensor;
}

/**
 * What an adapter does to one base tensor. Where one adapter has several edits of a tensor, a replacement comes first and the others
 * add to it.
 */
export type Edit = LowRankEdit | ReplaceEdit | RowsEdit;

/**
 * A tensor of the adapter that repeats what is known from elsewhere: from a base tensor (up to the rounding of its type), or from another
 * tensor of the adapter, byte for byte, or transposed. `checkCopies` compares them.
 */
export interface Copy {
  readonly tensor: StoredTensor;
  readonly of: { readonly base: string } | { readonly stored: StoredTensor; readonly transposed: boolean };
}

/** What an adapter does to a base. */
export interface Binding {
  readonly edits: readonly Edit[];
  readonly copies: readonly Copy[];
  /** What the configuration asks for and nothing answers: a name that no module has. Refused unless unused tensors are allowed. */
  readonly unmatched: readonly string[];
  readonly warnings: readonly string[];
  /** Name of the initialisation, where the adapter belongs to a residual base and not to the model it was started from. */
  readonly residualInit: string | undefined;
  /** Whether the configuration says that embedding and head stay one tensor, so that no policy has to be asked for. */
  readonly keepsTied: boolean;
}

/** What an adapter binds to: the names and shapes of a base, no bytes. */
export interface Base {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly config: JsonObject | undefined;
}

/** An opened adapter: configuration read, headers checked, no tensor read. */
export interface Adapter {
  /** As the user named it. */
  readonly name: string;
  readonly kind: AdapterKind;
  readonly config: JsonObject;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Files it was read from, for the manifest. */
  readonly files: readonly { readonly name: string; readonly read: () => Promise<Uint8Array>; readonly byteLength: number }[];
  readonly warnings: readonly string[];
  readonly location?: string;
  close(): Promise<void>;
}

/**
 * A kind of adapter: one file in `kinds/` and one line in `index.ts`.
 * Loader dispatch, command line, README table, conformance tests and bench rows are derived from the list.
 */
export interface AdapterKind {
  /** Lowercase name of the paper: `lora`. */
  readonly name: string;
  /** `peft_type` in `adapter_config.json`. */
  readonly peftType: string;
  readonly title: string;
  readonly paper: string;
  readonly formula: string;
  /**
   * Checks the configuration of an adapter of this name: KIND for options that cannot be merged, FORMAT for wrong types. Returns what
   * the reader should know about it.
   */
  checkConfig(config: JsonObject, adapter: string): readonly string[];
  /**
   * What this adapter does to this base, tensor by tensor. Takes the adapter's tensors through `take`, which remembers them:
   * the loader refuses tensors that nobody took. Throws MISMATCH with the tensor's name for everything that does not fit.
   */
  bind(adapter: Adapter, base: Base, take: (name: string) => StoredTensor | undefined): Binding;
  /** A small valid adapter in memory for a base with the one weight `SAMPLE_TARGET` of rows × cols. Tests and benches feed on it. */
  sample(rows: number, cols: number, next: () => number): Adapter;
}
