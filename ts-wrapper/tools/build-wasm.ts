// Compiles every wasm build from the one source and renders the export table for TypeScript.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";

const targets = ["simd", "relaxed", "simd-threads", "relaxed-threads", "debug"] as const;

async function compile(args: string[]): Promise<void> {
  const { error, stderr } = await asc.main(args);
  const text = stderr.toString();
  if (text) process.stderr.write(text);
  if (error) throw error;
}

export async function buildWasm(): Promise<void> {
  await mkdir("build/wasm", { recursive: true });
  await renderVersion();
  for (const target of targets) await compile(["assembly/index.ts", "--config", "asconfig.json", "--target", target]);
  await compile(["--config", "asconfig.wasi.json", "--target", "wasi"]);
  for (const name of [...targets, "wasi"]) await copyFile(`build/wasm/${name}.wasm`, `ts-wrapper/wasm/${name}.wasm`);
  await renderExports();
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
  const declarations = await readFile("build/wasm/simd.d.ts", "utf8");
  const lines: string[] = [];
  for (const [, name, params, result] of declarations.matchAll(/^ {2}export function (\w+)\(([^)]*)\): (\w+);/gm)) {
    lines.push(`  ${name}(${params}): ${result};`);
  }
  const text = [
    "// Rendered by ts-wrapper/tools/build-wasm.ts from the compiled module. Do not edit.",
    "",
    "/** Every kernel of the module. Pointers and sizes are unsigned numbers below 2^32. */",
    "export interface WasmExports {",
    ...lines.sort(),
    "}",
    "",
  ].join("\n");
  await writeChanged("ts-wrapper/engine/exports.gen.ts", text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildWasm();
