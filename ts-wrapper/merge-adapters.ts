import type { Adapter } from "./adapters/adapter.ts";
import { type AdapterInput, openAdapter } from "./adapters/load.ts";
import type { MergeOptions, MergeProgress, MergeRunOptions } from "./adapters/merge/options.ts";
import { runMerge } from "./adapters/merge/run.ts";
import type { Engine } from "./engine/engine.ts";
import type { Model } from "./io/model.ts";
import { type ModelInput, openModel } from "./io/open-model.ts";
import { openSink, type SinkInput } from "./io/open-sink.ts";

export interface MergeRequest extends MergeOptions, MergeRunOptions {
  /** The checkpoint: a path, URL, `File`s, an OPFS directory, bytes, or what `openModel` gave. */
  readonly base: ModelInput | Model;
  /** Adapters and how much of each: paths, URLs, `File`s, or what `openAdapter` gave. Their order does not matter. */
  readonly adapters: readonly { readonly source: AdapterInput | Adapter; readonly weight?: number }[];
  /** Where the merged checkpoint goes: a path, an OPFS directory, or a `FolderSink` of the caller's. */
  readonly sink: SinkInput;
}

/**
 * Merges adapters into base weights, W′ = W + Σ weight·s·B·A, file by file and tile by tile, and writes a checkpoint.
 * Yields progress; the last step carries the report. Fails, with nothing left half-written, when an adapter does not fit,
 * would go unused, or holds NaN. Sources given as paths or files are opened and closed here.
 */
export async function* mergeAdapters(engine: Engine, request: MergeRequest): AsyncGenerator<MergeProgress, void> {
  const opened: { close(): Promise<void> }[] = [];
  try {
    const base = isModel(request.base) ? request.base : keep(opened, await openModel(request.base));
    const adapters = [];
    for (const { source, weight } of request.adapters) {
      const adapter = isAdapter(source) ? source : keep(opened, await openAdapter(source));
      adapters.push({ adapter, ...(weight === undefined ? {} : { weight }) });
    }
    const sink = await openSink(request.sink);
    yield* runMerge({ ...request, engine, base, adapters, sink });
  } finally {
    await Promise.allSettled(opened.map((o) => o.close()));
  }
}

function keep<T extends { close(): Promise<void> }>(list: { close(): Promise<void> }[], item: T): T {
  list.push(item);
  return item;
}

function isModel(input: ModelInput | Model): input is Model {
  return typeof input === "object" && input !== null && "shards" in input && "sideFiles" in input;
}

function isAdapter(input: AdapterInput | Adapter): input is Adapter {
  return typeof input === "object" && input !== null && "kind" in input && "tensors" in input;
}
