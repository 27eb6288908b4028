// Hashes beside the caller: SHA-256 of streams, several at a time, told apart by their number; and where it is asked to, writes what it
// hashes to a file, and reads it back.
// Plain JavaScript, so that the same file starts as a worker from the sources and from the package. Messages: hash-offload.ts.

const { createHash } = process.getBuiltinModule("node:crypto");
const { closeSync, constants, openSync, readSync, writeSync } = process.getBuiltinModule("node:fs");
const { parentPort } = process.getBuiltinModule("node:worker_threads");

/**
 * Written at a time. It stays in the second-level cache from the hash to the comparison, and the kernel keeps it in pages of a size that it
 * has ready: a write of megabytes asks for large blocks of memory, which a virtual machine has to get from its host (three times slower).
 */
const PIECE = 128 * 1024;
const room = Buffer.alloc(PIECE);

/** @typedef {{ hash: import("node:crypto").Hash, fd: number, end: number }} Stream */
/** @type {Map<number, Stream>} */
const streams = new Map();

/** @param {Stream} stream  @param {Uint8Array} bytes  @param {import("./hasher.ts").HashTarget} target */
function write(stream, bytes, { path, check }) {
  if (stream.fd < 0) stream.fd = openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)); // the file itself, never a link
  const { fd } = stream;
  for (let from = 0; from < bytes.length; from += PIECE) {
    const piece = bytes.subarray(from, from + PIECE);
    stream.hash.update(piece);
    for (let put = 0; put < piece.length; ) {
      const n = writeSync(fd, piece, put, piece.length - put, stream.end + put);
      if (n === 0) throw Object.assign(new Error("no more bytes were taken"), { code: "ENOSPC" });
      put += n;
    }
    if (check && !readsBack(fd, stream.end, piece)) {
      const text = `bytes ${stream.end} to ${stream.end + piece.length} read back are not what was written; check the disk and merge again`;
      throw Object.assign(new Error(text), { code: "VERIFY" });
    }
    stream.end += piece.length;
  }
}

/** @param {number} fd  @param {number} at  @param {Uint8Array} piece */
function readsBack(fd, at, piece) {
  for (let got = 0; got < piece.length; ) {
    const n = readSync(fd, room, got, piece.length - got, at + got);
    if (n === 0) return false;
    got += n;
  }
  return room.subarray(0, piece.length).equals(piece);
}

/** @param {import("./hash-offload.ts").Message} message */
function serve({ hash: id, buffer, offset, length, target, end }) {
  const stream = streams.get(id) ?? { hash: createHash("sha256"), fd: -1, end: 0 };
  streams.set(id, stream);
  let error;
  try {
    if (buffer) {
      const bytes = new Uint8Array(buffer, offset, length);
      if (target) write(stream, bytes, target);
      else stream.hash.update(bytes);
    }
    if (end) {
      streams.delete(id);
      if (stream.fd >= 0) closeSync(stream.fd);
    }
  } catch (cause) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (cause);
    error = { code, message };
  }
  if (end !== "close") parentPort?.postMessage(error ?? (end ? stream.hash.digest("hex") : ""));
}

parentPort?.on("message", serve);
parentPort?.postMessage("ready");
