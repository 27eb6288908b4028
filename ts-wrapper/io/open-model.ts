import { LowrankError } from "../engine/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { type Folder, type FolderInput, type FolderOptions, openFolder } from "./folder.ts";
import { type JsonObject, parseJsonObject } from "./json.ts";
import { limits } from "./limits.ts";
import { mapLimited } from "./map-limited.ts";
import type { Model, Shard, SideFile, TensorInfo } from "./model.ts";
import { readSafetensors } from "./safetensors.ts";
import { checkIndex, parseIndex, type ShardIndex } from "./shard-index.ts";
import { show } from "./show.ts";
import { leftOutBecause, wellKnown } from "./side-files.ts";

/** A checkpoint: its folder or one of its files, wherever they are, or a model that is open already. */
export type ModelInput = FolderInput | Model;

const INDEX = "model.safetensors.index.json";
const SINGLE = "model.safetensors";
/** Headers, and files of a server, that are asked for at the same time. */
const AT_ONCE = 8;

/**
 * Opens a checkpoint: reads and checks every header, the index both ways and `config.json`; no weight is read. An open model is given
 * back as it is. FORMAT, LIMIT, NOT_FOUND or NETWORK, with the file and the tensor; on an error everything opened is closed.
 */
export async function openModel(input: ModelInput, options: FolderOptions = {}): Promise<Model> {
  if (isModel(input)) return input;
  const folder = await openFolder(input, options);
  try {
    return await readModel(folder);
  } catch (cause) {
    await folder.close();
    throw cause;
  }
}

function isModel(input: ModelInput): input is Model {
  return typeof input === "object" && input !== null && "shards" in input && "sideFiles" in input && "tensors" in input;
}

async function readModel(folder: Folder): Promise<Model> {
  const listed = await folder.list();
  const weights = await findWeights(folder, listed);
  const shards = await readShards(folder, weights);
  const tensors = new Map<string, TensorInfo>();
  for (const shard of shards) for (const t of shard.tensors) addTensor(tensors, t, shards);
  if (weights.index) checkIndex(weights.index, shards, weights.indexFile);
  const { sideFiles, leftOut } = await findSideFiles(folder, listed, weights);
  const config = sideFiles.find((f) => f.name === "config.json")?.source;
  return {
    name: folder.name,
    ...(folder.location === undefined ? {} : { location: folder.location }),
    shards,
    tensors,
    index: weights.index && { file: weights.indexFile, metadata: weights.index.metadata },
    config: config && (await readConfig(config)),
    sideFiles,
    leftOut,
    close: () => folder.close(),
  };
}

/** Which files hold the weights. Sources that were opened to find out are kept. */
interface Weights {
  readonly files: readonly string[];
  readonly index: ShardIndex | undefined;
  readonly indexFile: string;
  readonly opened: ReadonlyMap<string, ByteSource>;
}

async function findWeights(folder: Folder, listed: readonly string[] | undefined): Promise<Weights> {
  const single = (file: string, source: ByteSource): Weights => ({
    files: [file],
    index: undefined,
    indexFile: INDEX,
    opened: new Map([[file, source]]),
  });
  if (folder.picked !== undefined) {
    const source = await folder.open(folder.picked);
    if (source === undefined) throw missing(folder, `there is no file ${show(folder.picked)}; check the name`);
    if (folder.picked.endsWith(".index.json")) return sharded(folder.picked, source);
    refuseOtherFormat(folder.picked, folder);
    return single(folder.picked, source);
  }
  const index = await openIfListed(folder, listed, INDEX);
  if (index) return sharded(INDEX, index);
  const source = await openIfListed(folder, listed, SINGLE);
  if (source) return single(SINGLE, source);
  const found = (listed ?? []).filter((f) => f.endsWith(".safetensors"));
  const [only] = found;
  const onlySource = only !== undefined && found.length === 1 ? await folder.open(only) : undefined;
  if (only !== undefined && onlySource) return single(only, onlySource);
  throw nothingFound(folder, listed, found);
}

async function openIfListed(
  folder: Folder,
  listed: readonly string[] | undefined,
  file: string,
): Promise<ByteSource | undefined> {
  return listed === undefined || listed.includes(file) ? folder.open(file) : undefined;
}

async function sharded(indexFile: string, source: ByteSource): Promise<Weights> {
  if (source.byteLength > limits.indexBytes) {
    const text = `the index has ${source.byteLength} bytes, at most ${limits.indexBytes} are read`;
    throw new LowrankError("LIMIT", indexFile, text, { file: indexFile });
  }
  const index = parseIndex(await source.read(0, source.byteLength), indexFile);
  return { files: index.files, index, indexFile, opened: new Map() };
}

async function readShards(folder: Folder, weights: Weights): Promise<Shard[]> {
  return mapLimited(weights.files, AT_ONCE, async (file, shard) => {
    const source = weights.opened.get(file) ?? (await folder.open(file));
    if (source) return readSafetensors(source, { file, shard });
    const text = `the shard ${show(file)} is not there, but ${weights.indexFile} names it; download it again`;
    throw new LowrankError("NOT_FOUND", folder.name, text, { file });
  });
}

function addTensor(tensors: Map<string, TensorInfo>, tensor: TensorInfo, shards: readonly Shard[]): void {
  const other = tensors.get(tensor.name);
  if (other) {
    const [a, b] = [shards[other.shard]!.file, shards[tensor.shard]!.file];
    const text = `tensor ${show(tensor.name)} is in ${a} and in ${b}; a tensor belongs to one shard`;
    throw new LowrankError("FORMAT", b, text, { file: b, tensor: tensor.name });
  }
  tensors.set(tensor.name, tensor);
}

/** Every harmless file of a folder; where it cannot be listed, or is only the place of one file, those with well-known names. */
async function findSideFiles(
  folder: Folder,
  listed: readonly string[] | undefined,
  weights: Weights,
): Promise<{ readonly sideFiles: SideFile[]; readonly leftOut: { name: string; why: string }[] }> {
  const leftOut: { name: string; why: string }[] = [];
  const used = new Set([...weights.files, weights.indexFile]);
  let names = listed?.filter((f) => !used.has(f)) ?? wellKnown;
  if (folder.picked !== undefined) names = names.filter((f) => wellKnown.includes(f));
  else if (listed !== undefined) {
    for (const name of names) {
      const why = leftOutBecause(name);
      if (why !== undefined) leftOut.push({ name, why });
    }
    names = names.filter((f) => leftOutBecause(f) === undefined);
  }
  const sources = await mapLimited(names, AT_ONCE, (file) => folder.open(file));
  const sideFiles = names.flatMap((name, i): SideFile[] => (sources[i] ? [{ name, source: sources[i] }] : []));
  return { sideFiles, leftOut };
}

async function readConfig(source: ByteSource): Promise<JsonObject> {
  if (source.byteLength > limits.configBytes) {
    const text = `the configuration has ${source.byteLength} bytes, at most ${limits.configBytes} are read`;
    throw new LowrankError("LIMIT", "config.json", text, { file: "config.json" });
  }
  return parseJsonObject(await source.read(0, source.byteLength), { file: "config.json", nonFinite: true });
}

function refuseOtherFormat(file: string, folder: Folder): void {
  const advice = otherFormat(file);
  if (advice) throw new LowrankError("FORMAT", folder.name, advice, { file });
}

/** What to do with weights that are not safetensors. */
function otherFormat(file: string): string | undefined {
  if (/\.(?:bin|pt|pth|ckpt|pkl|pickle)$/i.test(file)) {
    return `${show(file)} is a Python pickle, which can run code when it is loaded and is never opened; convert it to safetensors first (in Python: model.save_pretrained(folder, safe_serialization=True))`;
  }
  if (/\.(?:gguf|ggml)$/i.test(file))
    return `${show(file)} is a GGUF file, which is not read as a base; give the safetensors checkpoint it was made from`;
  if (/\.(?:h5|msgpack|onnx|npz|npy|tflite|ot|pdparams)$/i.test(file))
    return `${show(file)} is in another format, safetensors was needed; convert it first`;
  return undefined;
}

function nothingFound(folder: Folder, listed: readonly string[] | undefined, found: readonly string[]): LowrankError {
  if (listed === undefined) {
    return missing(
      folder,
      `the server has neither ${INDEX} nor ${SINGLE} there; give the URL of the folder or of the .safetensors file`,
    );
  }
  if (found.length > 1) {
    const text = `it has ${found.length} safetensors files (${some(found)}) and no ${INDEX} that says how they belong together; name one of them`;
    return new LowrankError("FORMAT", folder.name, text, { file: folder.name });
  }
  const other = listed.map((f) => otherFormat(f)).find((advice) => advice !== undefined);
  if (other) return new LowrankError("FORMAT", folder.name, `it has no safetensors file; ${other}`, { file: folder.name });
  const what = listed.length === 0 ? "it is empty" : `it has no safetensors file, only ${some(listed)}`;
  return missing(folder, `${what}; give the folder of a checkpoint`);
}

function missing(folder: Folder, text: string): LowrankError {
  return new LowrankError("NOT_FOUND", folder.name, text, { file: folder.name });
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(show).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
