import { LowrankError } from "../../engine/errors.ts";
import type { ByteSource } from "../../io/byte-source.ts";
import { createHasher } from "../../io/hasher.ts";
import { parseJson } from "../../io/json.ts";
import type { Model, TensorInfo } from "../../io/model.ts";
import { codecBytes, codecOf } from "./codec.ts";
import { decodeValues } from "./decode.ts";
import { RowOracle } from "./expected-row.ts";
import { identify } from "./identity.ts";
import type { MergeJob, MergeOptions, WeightedAdapter } from "./options.ts";
import { MANIFEST } from "./output.ts";
import { type MergePlan, type PlannedTensor, planMerge } from "./plan.ts";

const CHUNK = 4 << 20;

/** Recomputes rows of every edited tensor in float64 and compares them with what was written. */
export async function verifySamples(job: MergeJob, plan: MergePlan): Promise<number> {
  const sources = new Map<string, ByteSource>();
  let checked = 0;
  try {
    for (const { file, tensors } of plan.files) {
      for (const { tensor, offset } of tensors) {
        if (tensor.edits.length === 0) continue;
        let source = sources.get(file);
        if (!source) {
          source = (await job.sink.open(file))!;
          sources.set(file, source);
        }
        job.signal?.throwIfAborted();
        checked += await verifyTensor(job.base, tensor, file, source, offset);
      }
    }
  } finally {
    for (const source of sources.values()) await source.close?.();
  }
  return checked;
}

/** Rows that are looked at: the ends, the rows an adapter replaces, and some between that depend on the name alone. */
function sampleRows(tensor: PlannedTensor, rows: number): number[] {
  let hash = 2166136261;
  for (const c of tensor.name) hash = Math.imul(hash ^ c.charCodeAt(0), 16777619) >>> 0;
  const between = [hash, Math.imul(hash, 2654435761) >>> 0].map((h) => h % rows);
  const replaced = tensor.edits.flatMap((e) => (e.edit.op === "rows" ? e.edit.indices.slice(0, 2) : []));
  return [...new Set([0, rows - 1, ...between, ...replaced])];
}

/** Compares sampled rows of one tensor that lies at `offset` of `source`. Returns how many. */
async function verifyTensor(
  base: Model,
  tensor: PlannedTensor,
  file: string,
  source: ByteSource,
  offset: number,
): Promise<number> {
  const oracle = new RowOracle(base, tensor);
  if (oracle.rows === 0 || oracle.cols === 0) return 0;
  const rows = sampleRows(tensor, oracle.rows);
  const width = oracle.cols * codecBytes[codecOf(tensor.dtype)!];
  for (const row of rows) {
    const found = decodeValues(await source.read(offset + row * width, width), tensor.dtype);
    const { values, tolerance } = await oracle.row(row);
    const wrong = found.findIndex((x, j) => !(Math.abs(x - values[j]!) <= tolerance[j]!));
    if (wrong < 0) continue;
    const text = `${tensor.name} has ${found[wrong]} at row ${row}, column ${wrong}, ${values[wrong]} ± ${tolerance[wrong]} was needed; merge again`;
    throw new LowrankError("VERIFY", file, text, { file, tensor: tensor.name });
  }
  return rows.length;
}

/** What a check of a finished merge looked at. */
export interface VerifyReport {
  /** Tensors compared with the base byte for byte. */
  readonly copied: number;
  /** Edited tensors of which rows were recomputed. */
  readonly edited: number;
  /** Rows recomputed. */
  readonly rows: number;
  /** Files whose hashes in the manifest were compared; 0 without a manifest. */
  readonly files: number;
  readonly bytesRead: number;
}

export interface VerifyRequest extends MergeOptions {
  readonly out: Model;
  readonly base: Model;
  readonly adapters: readonly WeightedAdapter[];
  readonly signal?: AbortSignal;
  readonly progress?: (tensor: string, done: number, total: number) => void;
}

/**
 * Checks a checkpoint against the base and the adapters it is said to be made of: every tensor is there with the right type
 * and shape, the untouched ones are the base's byte for byte, sampled rows of the others are recomputed.
 * Throws VERIFY with the first tensor that is not so.
 */
export async function verifyMerge(request: VerifyRequest): Promise<VerifyReport> {
  const { out, base } = request;
  const plan = planMerge(base, await identify(request.adapters), request);
  const counts = { copied: 0, edited: 0, rows: 0, files: 0, bytesRead: 0 };
  const names = new Set(plan.tensors.map((t) => t.name));
  for (const name of out.tensors.keys()) {
    if (!names.has(name)) throw wrong(out, name, "is not in the base, no such tensor was needed");
  }
  let done = 0;
  const total = plan.tensors.reduce((n, t) => n + t.byteLength, 0);
  for (const tensor of plan.tensors) {
    request.signal?.throwIfAborted();
    const found = checkShape(out, tensor);
    const source = out.shards[found.shard]!.source;
    if (tensor.action === "copied") {
      await compareBytes(base, tensor, out, found);
      counts.copied++;
    } else {
      counts.rows += await verifyTensor(base, tensor, out.shards[found.shard]!.file, source, found.offset);
      counts.edited++;
    }
    done += tensor.byteLength;
    request.progress?.(tensor.name, done, total);
  }
  counts.bytesRead = total;
  counts.files = await compareHashes(out, request.signal);
  return counts;
}

/** Holds the files against the hashes in the manifest beside them. Returns how many there were. */
async function compareHashes(out: Model, signal?: AbortSignal): Promise<number> {
  const manifest = out.sideFiles.find((f) => f.name === MANIFEST);
  if (!manifest) return 0;
  const json = parseJson(await manifest.source.read(0, manifest.source.byteLength), { file: MANIFEST });
  const files = new Map([
    ...out.shards.map((s) => [s.file, s.source] as const),
    ...out.sideFiles.map((f) => [f.name, f.source] as const),
  ]);
  const outputs = json instanceof Map ? json.get("outputs") : undefined;
  let compared = 0;
  for (const entry of Array.isArray(outputs) ? outputs : []) {
    const [file, wanted] = entry instanceof Map ? [entry.get("file"), entry.get("sha256")] : [];
    const source = typeof file === "string" ? files.get(file) : undefined;
    if (!source) continue; // the index is read, but is no side file of the model
    const hasher = createHasher();
    for (let at = 0; at < source.byteLength; at += CHUNK) {
      signal?.throwIfAborted();
      hasher.update(await source.read(at, Math.min(CHUNK, source.byteLength - at)));
    }
    const found = hasher.digest();
    if (found !== wanted) {
      const text = `${file} has SHA-256 ${found}, ${MANIFEST} says ${String(wanted)}; it was changed after the merge`;
      throw new LowrankError("VERIFY", out.name, text, { file: String(file) });
    }
    compared++;
  }
  return compared;
}

function checkShape(out: Model, tensor: PlannedTensor): TensorInfo {
  const found = out.tensors.get(tensor.name);
  if (!found) throw wrong(out, tensor.name, "is missing; merge again");
  if (found.dtype !== tensor.dtype || String(found.shape) !== String(tensor.shape)) {
    const text = `is ${found.dtype} [${found.shape}], ${tensor.dtype} [${tensor.shape}] was needed; give the options of the merge`;
    throw wrong(out, tensor.name, text);
  }
  return found;
}

async function compareBytes(base: Model, tensor: PlannedTensor, out: Model, found: TensorInfo): Promise<void> {
  const from = base.shards[tensor.from.shard]!.source;
  const to = out.shards[found.shard]!.source;
  for (let at = 0; at < tensor.byteLength; at += CHUNK) {
    const length = Math.min(CHUNK, tensor.byteLength - at);
    const [a, b] = await Promise.all([from.read(tensor.from.offset + at, length), to.read(found.offset + at, length)]);
    const differs = firstDifference(a, b);
    if (differs >= 0)
      throw wrong(out, tensor.name, `differs from the base at byte ${at + differs}, and no adapter touches it; merge again`);
  }
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i;
  return -1;
}

function wrong(out: Model, tensor: string, text: string): LowrankError {
  return new LowrankError("VERIFY", out.name, `${tensor} ${text}`, { file: out.name, tensor });
}
