/**
 * Anything bytes can be read from at any place: a file, a `Blob`, a URL with range requests, an OPFS handle, memory.
 * These two members are all that a caller's own source needs.
 */
export interface ByteSource {
  readonly byteLength: number;
  /** Exactly `length` bytes from `offset`; rejects when they are not all there. The result is the caller's to keep. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** As `read`, but into the caller's room: sources that can spare a copy implement it. Fills all of `into`. */
  readInto?(offset: number, into: Uint8Array): Promise<void>;
  /** Changes when the content may have changed: an ETag, a time of modification. */
  readonly version?: string;
  /** How messages name it. */
  readonly name?: string;
  close?(): Promise<void>;
}
