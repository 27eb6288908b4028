import type { Dtype } from "../../io/dtype.ts";

/** What happened to one tensor of the output. */
export type TensorAction = "copied" | "converted" | "merged" | "replaced" | "rows";

/** Energies of one tensor, summed over its elements. */
export interface Energies {
  /** ‖W‖². */
  readonly base: number;
  /** ‖ΔW‖². */
  readonly change: number;
  /** ‖ΔW − what of it is there after rounding‖². */
  readonly lost: number;
}

/** One adapter's part in one tensor. */
export interface EditReport {
  /** Index into `MergeReport.adapters`. */
  readonly adapter: number;
  readonly op: "low-rank" | "replace" | "rows";
  /** weight · alpha / r, the factor before B·A; `undefined` where nothing is multiplied. */
  readonly scale?: number;
  /** How the scale came about. */
  readonly scaleWhy?: string;
  readonly rank?: number;
  /** The magnitude vector of DoRA, and the direction of its norm. */
  readonly dora?: "rows" | "columns";
}

export interface TensorReport {
  readonly name: string;
  readonly file: string;
  readonly action: TensorAction;
  readonly dtype: Dtype;
  /** The base's type where it differs. */
  readonly dtypeFrom?: Dtype;
  readonly shape: readonly number[];
  /** The base tensor it was made from, where that has another name. */
  readonly from?: string;
  readonly edits: readonly EditReport[];
  /** ‖ΔW‖ / ‖W‖; `null` where the shape changed or nothing was edited. */
  readonly relativeChange: number | null;
  /** Share of ‖ΔW‖² that is still there after rounding, 0 … 1; `null` where there is no change to keep. */
  readonly survival: number | null;
}

export interface FileReport {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface AdapterReport {
  readonly name: string;
  readonly kind: string;
  readonly weight: number;
  readonly files: readonly FileReport[];
  readonly unused: readonly string[];
}

/** The whole of a finished merge; `merge.json` holds the same. */
export interface MergeReport {
  readonly schema: 1;
  readonly tool: string;
  readonly options: {
    readonly dtype: string;
    readonly accumulate: string;
    readonly scale: number;
    readonly tied: string | null;
    readonly math: string;
  };
  readonly base: { readonly name: string; readonly files: readonly FileReport[] };
  readonly adapters: readonly AdapterReport[];
  readonly outputs: readonly FileReport[];
  readonly tensors: readonly TensorReport[];
  readonly totals: {
    readonly tensors: number;
    readonly edited: number;
    readonly relativeChange: number | null;
    readonly survival: number | null;
  };
  readonly warnings: readonly string[];
}

/** Share of the change that is left, in energy; `null` without a change. */
export function survivalOf(e: Energies): number | null {
  return e.change > 0 ? Math.min(1, Math.max(0, 1 - e.lost / e.change)) : null;
}

/** ‖ΔW‖ / ‖W‖; `null` for a zero base. */
export function relativeChangeOf(e: Energies): number | null {
  return e.base > 0 ? Math.sqrt(e.change / e.base) : null;
}

export function addEnergies(a: Energies, b: Energies): Energies {
  return { base: a.base + b.base, change: a.change + b.change, lost: a.lost + b.lost };
}

export const noEnergy: Energies = { base: 0, change: 0, lost: 0 };
