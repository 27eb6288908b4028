import { LowrankError } from "../../engine/errors.ts";
import type { Model } from "../../io/model.ts";
import { layoutSafetensors } from "../../io/safetensors-write.ts";
import type { PlannedTensor } from "./plan.ts";

/** One file of the output: its header, and where each tensor lies in it. */
export interface PlannedFile {
  readonly file: string;
  readonly byteLength: number;
  /** The 8 bytes of the length and the header. */
  readonly header: Uint8Array;
  readonly tensors: readonly { readonly tensor: PlannedTensor; readonly offset: number }[];
}

/** The tensors in files: those of the base, or files of at most `shardSize` bytes of weights. */
export function layOut(base: Model, tensors: readonly PlannedTensor[], shardSize: number | undefined): PlannedFile[] {
  if (shardSize !== undefined && !(shardSize > 0)) {
    throw new LowrankError("USAGE", "merge", `shard size is ${shardSize}, a positive number of bytes was needed`);
  }
  const groups = shardSize === undefined ? asInBase(base, tensors) : bySize(tensors, shardSize);
  const metadata = base.shards[0]?.metadata ?? new Map<string, string>();
  return groups.map(({ file, members }, i) => {
    const own = shardSize === undefined ? (base.shards[i]?.metadata ?? metadata) : metadata;
    const laid = layoutSafetensors(members, own);
    const kept = shardSize === undefined ? keptHeader(base, i, members) : undefined;
    const header = kept ?? laid.header;
    let offset = header.byteLength;
    return {
      file,
      header,
      byteLength: header.byteLength + members.reduce((sum, t) => sum + t.byteLength, 0),
      tensors: members.map((tensor) => {
        const at = offset;
        offset += tensor.byteLength;
        return { tensor, offset: at };
      }),
    };
  });
}

interface Group {
  readonly file: string;
  readonly members: PlannedTensor[];
}

function asInBase(base: Model, tensors: readonly PlannedTensor[]): Group[] {
  const groups = base.shards.map((s): Group => ({ file: s.file, members: [] }));
  for (const t of tensors) {
    const isOwn = t.from.name === t.name;
    groups[isOwn ? t.from.shard : groups.length - 1]!.members.push(t);
  }
  return groups;
}

function bySize(tensors: readonly PlannedTensor[], shardSize: number): Group[] {
  const lists: PlannedTensor[][] = [[]];
  let used = 0;
  for (const t of tensors) {
    if (used > 0 && used + t.byteLength > shardSize) {
      lists.push([]);
      used = 0;
    }
    lists.at(-1)!.push(t);
    used += t.byteLength;
  }
  const pad = (n: number): string => String(n).padStart(5, "0");
  const name = (i: number): string =>
    lists.length === 1 ? "model.safetensors" : `model-${pad(i + 1)}-of-${pad(lists.length)}.safetensors`;
  return lists.map((members, i) => ({ file: name(i), members }));
}

/** The base's own header, when nothing that it says changes: then only edited tensors differ from the base's file. */
function keptHeader(base: Model, index: number, members: readonly PlannedTensor[]): Uint8Array | undefined {
  const shard = base.shards[index]!;
  const same =
    shard.dataOffset % 8 === 0 &&
    shard.tensors.length === members.length &&
    shard.tensors.every((t, i) => {
      const m = members[i]!;
      return t.name === m.name && t.dtype === m.dtype && String(t.shape) === String(m.shape);
    });
  return same ? shard.header : undefined;
}
