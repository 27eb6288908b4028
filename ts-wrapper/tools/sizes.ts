import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

/** What a user may have to load in order to merge: the library's part in it and one wasm module, compressed. */
export const BUDGET_BYTES = 60_000;

/** What merging takes from the main entry; the rest of it is dropped by a bundler. */
const MERGE = "export { createEngine, LowrankError, mergeAdapters, openAdapter, openModel } from './dist/index.js';";

export interface CoreSize {
  readonly script: number;
  readonly wasm: number;
  readonly total: number;
  /** What esbuild read, for tests that ask what the entry reaches. */
  readonly metafile: Metafile;
}

/**
 * Bytes of what merging takes from the main entry of `dist/`, bundled, minified, gzipped, and of the simd module, gzipped.
 * Counted is what is loaded at once; ways to read and write that only one runtime has are loaded when they are used.
 */
export async function coreSize(): Promise<CoreSize> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: MERGE, resolveDir: ".", sourcefile: "merge.js" },
    bundle: true,
    splitting: true,
    outdir: "size",
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const loaded = loadedAtOnce(metafile);
  const script = outputFiles
    .filter((f) => loaded.has(basename(f.path)))
    .reduce((n, f) => n + gzipSync(f.contents, { level: 9 }).length, 0);
  const wasm = gzipSync(await readFile("dist/wasm/simd.wasm"), { level: 9 }).length;
  return { script, wasm, total: script + wasm, metafile };
}

/** The entry's chunk and those it imports by a statement, not by a call. */
function loadedAtOnce(metafile: Metafile): Set<string> {
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(basename(path))) return;
    loaded.add(basename(path));
    for (const i of metafile.outputs[path]?.imports ?? []) if (i.kind === "import-statement" && !i.external) load(i.path);
  };
  for (const path of Object.keys(metafile.outputs)) if (basename(path) === "stdin.js") load(path);
  return loaded;
}

/** `12.3 kB`, for people. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
