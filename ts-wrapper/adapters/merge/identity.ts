import { version } from "../../engine/version.gen.ts";
import { createHasher } from "../../io/hasher.ts";
import type { Model } from "../../io/model.ts";
import type { MergeJob, WeightedAdapter } from "./options.ts";
import type { MergePlan } from "./plan.ts";
import type { FileReport } from "./report.ts";

/** An adapter with the hashes of its files. */
export interface IdentifiedAdapter extends WeightedAdapter {
  readonly files: readonly FileReport[];
}

/**
 * The adapters in an order that depends on their contents alone: sums are added up in it, so the result does not depend on
 * the order in which they were given.
 */
export async function identify(adapters: readonly WeightedAdapter[]): Promise<IdentifiedAdapter[]> {
  const identified = await Promise.all(
    adapters.map(async (a): Promise<IdentifiedAdapter> => ({ ...a, files: await Promise.all(a.adapter.files.map(hashFile)) })),
  );
  const key = (a: IdentifiedAdapter): string => `${a.files.map((f) => f.sha256).join()} ${a.weight ?? 1}`;
  return identified.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

async function hashFile(file: { name: string; byteLength: number; read: () => Promise<Uint8Array> }): Promise<FileReport> {
  return { file: file.name, bytes: file.byteLength, sha256: sha256(await file.read()) };
}

/** SHA-256 of bytes that are at hand. */
export function sha256(bytes: Uint8Array): string {
  const hasher = createHasher();
  hasher.update(bytes);
  return hasher.digest();
}

/** A hash over everything that decides the bytes of the output, as far as it is known before the base is read. */
export function planHash(job: MergeJob, base: Model, plan: MergePlan, adapters: readonly IdentifiedAdapter[]): string {
  const facts = {
    version,
    math: job.engine.math,
    accumulate: job.accumulate ?? "f32",
    base: base.shards.map((s) => [s.file, s.source.byteLength, s.source.version ?? null, sha256(s.header)]),
    adapters: adapters.map((a) => [a.adapter.kind.name, a.weight ?? 1, a.files.map((f) => f.sha256)]),
    files: plan.files.map((f) => [f.file, f.byteLength, sha256(f.header)]),
    edits: plan.tensors.map((t) => [t.name, t.from.name, t.edits.map((e) => [e.adapter, e.weight, e.edit.op])]),
  };
  return sha256(new TextEncoder().encode(JSON.stringify(facts)));
}
