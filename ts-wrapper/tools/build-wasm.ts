// Compiles every wasm build from the one source and renders the export table for TypeScript.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { mapLimited } from "../io/map-limited.ts";
import { run } from "./run.ts";
import { isUpToDate } from "./up-to-date.ts";

const targets = ["simd", "relaxed", "simd-threads", "relaxed-threads", "debug"] as const;

/** The modules. They share one memory, so each has its constants behind those of the one before; a test holds each to its room. */
export const parts = [
  { entry: "assembly/index.ts", prefix: "", memoryBase: 8 },
  { entry: "assembly/index-factor.ts", prefix: "factor-", memoryBase: 16384 },
  { entry: "assembly/index-quant.ts", prefix: "quant-", memoryBase: 32768 },
] as const;

/** Names of the compiled files, without the ending. */
export const moduleNames: readonly string[] = parts.flatMap(({ prefix }) => targets.map((target) => `${prefix}${target}`));

export async function buildWasm(): Promise<void> {
  await mkdir("build/wasm", { recursive: true });
  await renderVersion();
  const compilations: Compilation[] = parts.flatMap(({ entry, prefix, memoryBase }) =>
    targets.map((target) => {
      const out = `build/wasm/${prefix}${target}.wasm`;
      const where = ["--outFile", out, "--memoryBase", String(memoryBase)];
      return { entry, out, args: [entry, "--config", "asconfig.json", "--target", target, ...where] };
    }),
  );
  const wasi = ["--config", "asconfig.wasi.json", "--target", "wasi"];
  compilations.push({ entry: "assembly/wasi/main.ts", out: "build/wasm/wasi.wasm", args: wasi });
  await mapLimited(compilations.reverse(), availableParallelism(), compile); // the largest first
  for (const name of [...moduleNames, "wasi"]) await copyFile(`build/wasm/${name}.wasm`, `ts-wrapper/wasm/${name}.wasm`);
  await renderExports();
}

interface Compilation {
  readonly entry: string;
  readonly out: string;
  readonly args: readonly string[];
}

/** Compiles one build of one module, unless it is newer than all it is made of. */
async function compile({ entry, out, args }: Compilation): Promise<void> {
  const inputs = [...(await reached(entry)), "asconfig.json", "asconfig.wasi.json", import.meta.filename];
  if (!(await isUpToDate(inputs, [out]))) await run("node", ["node_modules/assemblyscript/bin/asc.js", ...args]);
}

/** An AssemblyScript file, and what it imports, to the end. */
async function reached(path: string, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, specifier] of (await readFile(path, "utf8")).matchAll(/ from "(\.[^"]+)"/g)) {
    await reached(`${join(dirname(path), specifier!)}.ts`, seen);
  }
  return seen;
}

/** version.gen.ts, for the library and for the WASI command: the version that package.json names. */
async function renderVersion(): Promise<void> {
  const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
  const text = [
    "// Rendered by ts-wrapper/tools/build-wasm.ts from package.json. Do not edit.",
    `export const version = ${JSON.stringify(version)};`,
    "",
  ].join("\n");
  for (const path of ["ts-wrapper/engine/version.gen.ts", "assembly/wasi/version.gen.ts"]) await writeChanged(path, text);
}

async function writeChanged(path: string, text: string): Promise<void> {
  const old = await readFile(path, "utf8").catch(() => "");
  if (old !== text) await writeFile(path, text);
}

/** exports.gen.ts: asc's raw binding declarations, as one interface of plain functions over numbers. */
async function renderExports(): Promise<void> {
  const lines: string[] = [];
  for (const { prefix } of parts) {
    const declarations = await readFile(`build/wasm/${prefix}simd.d.ts`, "utf8");
    for (const [, name, params, result] of declarations.matchAll(/^ {2}export function (\w+)\(([^)]*)\): (\w+);/gm)) {
      lines.push(`  ${name}(${params}): ${result};`);
    }
  }
  const text = [
    "// Rendered by ts-wrapper/tools/build-wasm.ts from the compiled modules. Do not edit.",
    "",
    "/** Every kernel of the modules. Pointers and sizes are unsigned numbers below 2^32. */",
    "export interface WasmExports {",
    ...lines.sort(),
    "}",
    "",
  ].join("\n");
  await writeChanged("ts-wrapper/engine/exports.gen.ts", text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildWasm();
