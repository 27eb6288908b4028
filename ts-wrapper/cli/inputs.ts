import type { Adapter } from "../adapters/adapter.ts";
import { openAdapter } from "../adapters/load.ts";
import type { WeightedAdapter } from "../adapters/merge/options.ts";
import { openFolder } from "../io/folder.ts";
import type { Model } from "../io/model.ts";
import { openModel } from "../io/open-model.ts";
import type { AdapterArgument } from "./adapters.ts";

/** Opened models and adapters, closed together. */
export class Inputs {
  readonly #signal: AbortSignal;
  readonly #open: { close(): Promise<void> }[] = [];

  /** Requests end when `signal` is aborted. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async model(source: string): Promise<Model> {
    return this.#keep(await openModel(source, { signal: this.#signal }));
  }

  async adapter(source: string): Promise<Adapter> {
    return this.#keep(await openAdapter(source, { signal: this.#signal }));
  }

  async adapters(given: readonly AdapterArgument[]): Promise<WeightedAdapter[]> {
    const adapters: WeightedAdapter[] = [];
    for (const { source, weight } of given) adapters.push({ adapter: await this.adapter(source), weight });
    return adapters;
  }

  #keep<T extends { close(): Promise<void> }>(opened: T): T {
    this.#open.push(opened);
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#open.splice(0).map((o) => o.close()));
  }
}

/** Whether a path or URL holds a model or an adapter. A folder with both, such as a merged model that kept its adapter, is a model. */
export async function whatIs(source: string, signal: AbortSignal): Promise<"model" | "adapter"> {
  const folder = await openFolder(source, { signal });
  try {
    if (folder.picked !== undefined) return /^adapter_(?:model|config)\./.test(folder.picked) ? "adapter" : "model";
    if (!(await folder.open("adapter_config.json"))) return "model";
    return (await folder.open("model.safetensors")) || (await folder.open("model.safetensors.index.json")) ? "model" : "adapter";
  } finally {
    await folder.close();
  }
}
