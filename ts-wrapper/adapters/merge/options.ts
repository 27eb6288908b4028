import type { Engine } from "../../engine/engine.ts";
import type { FolderSink } from "../../io/byte-sink.ts";
import type { Model } from "../../io/model.ts";
import type { Adapter } from "../adapter.ts";
import type { MergeReport } from "./report.ts";

/** Element type of the merged weights: the base's own, tensor by tensor, or one for all floating-point tensors. */
export type OutputDtype = "same" | "f32" | "f16" | "bf16";

/** What decides the bytes of the result. */
export interface MergeOptions {
  /** Default `same`. */
  readonly dtype?: OutputDtype;
  /** Multiplies the weight of every adapter. Default 1. */
  readonly scale?: number;
  /** `f32` (default): one rounding of W + ΔW computed in f32. `f64`: the sum in f64, rounded to f32, then to the output type. */
  readonly accumulate?: "f32" | "f64";
  /** Largest file in bytes. Default: the files of the base. */
  readonly shardSize?: number;
  /** What becomes of a head that is tied to the embedding when the adapter touches either. No default: it is asked for. */
  readonly tied?: "keep" | "untie";
  /** Lets adapter tensors go unused; they are listed. Default false. */
  readonly allowUnused?: boolean;
  /** The base is the residual that a PiSSA-like adapter was saved with. Default false. */
  readonly residualBase?: boolean;
}

/** How the work is done; none of it can be seen in the weights. */
export interface MergeRunOptions {
  /** Ceiling in bytes for the whole process, this library and its runtime together. Default 320 MiB. */
  readonly memory?: number;
  /** Reads the output back and recomputes samples of it. Default true. */
  readonly verify?: boolean;
  /** Goes on where an interrupted merge into the same place stopped. Default false. */
  readonly resume?: boolean;
  /** Replaces what an earlier merge left in the same place. Default false. */
  readonly overwrite?: boolean;
  /** Fails with SURVIVAL when a smaller share of the change is left after rounding: 0 … 1. */
  readonly minSurvival?: number;
  readonly signal?: AbortSignal;
}

/** An opened adapter and how much of it goes in. */
export interface WeightedAdapter {
  readonly adapter: Adapter;
  /** Default 1. */
  readonly weight?: number;
}

/** A merge whose inputs are open and whose output has a place. */
export interface MergeJob extends MergeOptions, MergeRunOptions {
  readonly engine: Engine;
  readonly base: Model;
  readonly adapters: readonly WeightedAdapter[];
  readonly sink: FolderSink;
}

export type MergePhase = "check" | "merge" | "verify" | "done";

/** One step of a running merge. Byte counts are of the phase. */
export interface MergeProgress {
  readonly phase: MergePhase;
  /** The tensor or file at work. */
  readonly item: string;
  readonly done: number;
  readonly total: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly elapsedMs: number;
  /** Milliseconds to the end of the phase at the rate so far; `undefined` before there is one. */
  readonly etaMs: number | undefined;
  /** With the last step. */
  readonly report?: MergeReport;
}
