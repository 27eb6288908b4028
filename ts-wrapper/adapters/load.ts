import { LowrankError } from "../engine/errors.ts";
import type { ByteSource } from "../io/byte-source.ts";
import { type Folder, type FolderInput, type FolderOptions, openFolder } from "../io/folder.ts";
import { type JsonObject, parseJsonObject } from "../io/json.ts";
import { limits } from "../io/limits.ts";
import type { Shard } from "../io/model.ts";
import { readSafetensors } from "../io/safetensors.ts";
import { show } from "../io/show.ts";
import type { Adapter, AdapterKind, StoredTensor } from "./adapter.ts";
import { adapterKinds } from "./index.ts";
import { CONFIG_FILE } from "./peft-config.ts";
import { refuseKind } from "./refused.ts";

export { type BindOptions, type Bound, bindAdapter, type ConfigChange } from "./bind.ts";
export { type Claims, checkCopies } from "./check-copies.ts";
export { checkFinite, type FiniteOptions } from "./check-finite.ts";
export type { ExtraTensor } from "./tied.ts";

/** An adapter: its folder or its file of weights, wherever they are, or an adapter that is open already. */
export type AdapterInput = FolderInput | Adapter;

const WEIGHTS_FILE = "adapter_model.safetensors";
const PICKLE_FILE = "adapter_model.bin";

/**
 * Opens an adapter: reads its configuration and the header of its weights; no tensor is read. An open adapter is given back as it is.
 * NOT_FOUND where a file is missing, FORMAT and LIMIT for what is wrong with one, KIND for a `peft_type` or an option that is not merged;
 * messages name the file. On an error everything opened is closed.
 */
export async function openAdapter(input: AdapterInput, options: FolderOptions = {}): Promise<Adapter> {
  if (isAdapter(input)) return input;
  const folder = await openFolder(input, options);
  try {
    return await readAdapter(folder);
  } catch (cause) {
    await folder.close();
    throw cause;
  }
}

function isAdapter(input: AdapterInput): input is Adapter {
  return typeof input === "object" && input !== null && "kind" in input && "tensors" in input && "files" in input;
}

async function readAdapter(folder: Folder): Promise<Adapter> {
  const { name, location } = folder;
  const listed = await folder.list();
  refusePicked(folder);
  const configSource = await folder.open(CONFIG_FILE);
  if (!configSource) throw noConfig(folder, listed);
  const config = await readConfig(configSource, `${name}/${CONFIG_FILE}`);
  const kind = kindOf(config, `${name}/${CONFIG_FILE}`);
  const warnings = kind.checkConfig(config, name);
  const file = folder.picked?.endsWith(".safetensors") ? folder.picked : WEIGHTS_FILE;
  const weights = await folder.open(file);
  if (!weights) throw await noWeights(folder, file);
  const shard = await readSafetensors(weights, { file: `${name}/${file}` });
  if (shard.tensors.length === 0)
    throw new LowrankError("FORMAT", `${name}/${file}`, "no tensors are in it", { file: `${name}/${file}` });
  return {
    name,
    kind,
    config,
    tensors: storedTensors(shard),
    files: [asFile(CONFIG_FILE, configSource), asFile(file, weights)],
    warnings,
    ...(location === undefined ? {} : { location }),
    close: () => folder.close(),
  };
}

async function readConfig(source: ByteSource, file: string): Promise<JsonObject> {
  if (source.byteLength > limits.configBytes) {
    throw new LowrankError("LIMIT", file, `it has ${source.byteLength} bytes, at most ${limits.configBytes} are read`, { file });
  }
  return parseJsonObject(await source.read(0, source.byteLength), { file, nonFinite: true });
}

function kindOf(config: JsonObject, file: string): AdapterKind {
  const peftType = config.get("peft_type");
  if (typeof peftType !== "string") {
    const text = 'peft_type is missing, the kind of adapter was needed: "LORA" or another; without it nothing tells how to merge';
    throw new LowrankError("FORMAT", file, text, { file });
  }
  const kind = adapterKinds.find((k) => k.peftType === peftType.toUpperCase());
  if (kind) return kind;
  throw refuseKind(
    peftType.toUpperCase(),
    adapterKinds.map((k) => k.peftType),
    file,
  );
}

/** Tensors by name, in the order of their bytes. */
function storedTensors({ source, tensors }: Shard): ReadonlyMap<string, StoredTensor> {
  return new Map(
    tensors.map(({ name, dtype, shape, byteLength, offset }) => {
      const read = (from = 0, length = byteLength - from): Promise<Uint8Array> => source.read(offset + from, length);
      return [name, { name, dtype, shape, byteLength, read }];
    }),
  );
}

function asFile(name: string, source: ByteSource): Adapter["files"][number] {
  return { name, byteLength: source.byteLength, read: () => source.read(0, source.byteLength) };
}

function noConfig({ name }: Folder, listed: readonly string[] | undefined): LowrankError {
  const isModel = listed?.some((f) => f === "config.json" || f === "model.safetensors" || f.startsWith("model-0"));
  const hint = isModel ? "it looks like a model; an adapter is a folder that PEFT wrote" : "give the folder that PEFT wrote";
  return new LowrankError("NOT_FOUND", name, `there is no ${CONFIG_FILE}; ${hint}`, { file: name });
}

/** What was named has to be the folder, its configuration or its weights. */
function refusePicked({ name, picked }: Folder): void {
  if (picked === undefined || picked === CONFIG_FILE || picked.endsWith(".safetensors")) return;
  if (/\.(bin|pt|pth|ckpt|pkl)$/.test(picked)) throw pickle(name, picked);
  const text = `${show(picked)} is no adapter that is read; give the folder that PEFT wrote, or its ${WEIGHTS_FILE}`;
  throw new LowrankError("FORMAT", name, text, { file: name });
}

async function noWeights(folder: Folder, file: string): Promise<LowrankError> {
  const { name } = folder;
  if (await folder.open(PICKLE_FILE)) return pickle(name, PICKLE_FILE);
  return new LowrankError("NOT_FOUND", name, `there is no ${show(file)}, the weights of the adapter were needed`, { file: name });
}

function pickle(name: string, file: string): LowrankError {
  const text = `${show(file)} is a pickle, which can run any code when it is opened, so it is not read`;
  const out = `in Python, torch.load it with weights_only=True and write it with safetensors.torch.save_file as ${WEIGHTS_FILE}`;
  return new LowrankError("FORMAT", name, `${text}; ${out}`, { file: name });
}
