import type { ByteSource } from "./byte-source.ts";

/** Fills `into` with the bytes from `offset` on, without a copy where the source can spare it. */
export async function readInto(source: ByteSource, offset: number, into: Uint8Array): Promise<void> {
  if (source.readInto) await source.readInto(offset, into);
  else into.set(await source.read(offset, into.byteLength));
}
