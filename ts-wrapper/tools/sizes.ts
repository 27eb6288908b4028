import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

/** What a user of the main entry may have to load: the library and one wasm module, compressed. */
export const BUDGET_BYTES = 60_000;

export interface CoreSize {
  readonly script: number;
  readonly wasm: number;
  readonly total: number;
  /** What esbuild read, for tests that ask what the entry reaches. */
  readonly metafile: Metafile;
}

/** Bytes of the main entry of `dist/`, bundled, minified, gzipped, and of the simd module, gzipped. */
export async function coreSize(): Promise<CoreSize> {
  const { outputFiles, metafile } = await build({
    entryPoints: ["dist/index.js"],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const script = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  const wasm = gzipSync(await readFile("dist/wasm/simd.wasm"), { level: 9 }).length;
  return { script, wasm, total: script + wasm, metafile };
}

/** `12.3 kB`, for people. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
