import { builtin } from "./node.ts";
import type { Hasher } from "./sha256.ts";

/** SHA-256 of the runtime, in Node, Deno and Bun; it takes shared memory as well. `undefined` in a browser. */
export function runtimeHasher(): Hasher | undefined {
  const hash = builtin("node:crypto")?.createHash("sha256");
  if (!hash) return undefined;
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest("hex"),
  };
}
