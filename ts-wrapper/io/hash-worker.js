// Hashes beside the caller: SHA-256 of streams, several at a time, told apart by their number.
// Plain JavaScript, so that the same file starts as a worker from the sources and from the package. Messages: hash-offload.ts.

const { createHash } = process.getBuiltinModule("node:crypto");
const { parentPort } = process.getBuiltinModule("node:worker_threads");

/** @type {Map<number, import("node:crypto").Hash>} */
const hashes = new Map();

/** @param {{ hash: number, buffer?: SharedArrayBuffer, offset?: number, length?: number, end?: "digest" | "close" }} message */
function serve({ hash: id, buffer, offset, length, end }) {
  let hash = hashes.get(id);
  if (!hash) {
    hash = createHash("sha256");
    hashes.set(id, hash);
  }
  if (buffer) hash.update(new Uint8Array(buffer, offset, length));
  if (end) hashes.delete(id);
  if (end !== "close") parentPort?.postMessage(end ? hash.digest("hex") : "");
}

parentPort?.on("message", serve);
parentPort?.postMessage("ready");
