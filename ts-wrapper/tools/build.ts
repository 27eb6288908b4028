// Builds what is out of date: `tsx ts-wrapper/tools/build.ts [wasm]`. With `wasm` only the modules.
//
//   assembly/ ──asc──> ts-wrapper/wasm/*.wasm ──copy──> dist/wasm/
//   ts-wrapper/ ──tsc──> dist/                            file by file, nothing bundled
//   ts-wrapper/inline.ts ──esbuild──> dist/inline.js      one file, the simd builds inside
import { chmod, copyFile, rename, rm } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { build as bundle, type Plugin } from "esbuild";
import { buildWasm, moduleNames } from "./build-wasm.ts";
import { run } from "./run.ts";
import { BUDGET_BYTES, coreSize, kilobytes } from "./sizes.ts";
import { isUpToDate } from "./up-to-date.ts";

/** The modules that are published; the debug builds are for tests. */
export const published: readonly string[] = [...moduleNames.filter((name) => !name.endsWith("debug")), "wasi"];
const modules = [...moduleNames, "wasi"].map((name) => `ts-wrapper/wasm/${name}.wasm`);

/** Compiles the modules unless they are newer than their sources. */
export async function ensureWasm(): Promise<void> {
  const inputs = ["assembly", "asconfig.json", "asconfig.wasi.json", "ts-wrapper/tools/build-wasm.ts"];
  if (await isUpToDate(inputs, modules)) return;
  console.log("build: wasm modules");
  await buildWasm();
}

/** Compiles the modules and the package unless they are newer than their sources. */
export async function ensureBuilt(): Promise<void> {
  await ensureWasm();
  const inputs = ["ts-wrapper", "tsconfig.json", "tsconfig.build.json", "package.json"];
  const outputs = ["dist/index.js", "dist/inline.js", ...published.map((name) => `dist/wasm/${name}.wasm`)];
  if (await isUpToDate(inputs, outputs)) return;
  console.log("build: dist");
  await buildDist();
}

/** Into a folder of its own, which then takes the place of `dist/`: who reads `dist/` meanwhile sees the old one or the new one. */
async function buildDist(): Promise<void> {
  const [fresh, old] = [`build/dist-${process.pid}`, `build/dist-${process.pid}-old`];
  try {
    await run("node", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--outDir", fresh]);
    for (const name of published) await copyFile(`ts-wrapper/wasm/${name}.wasm`, `${fresh}/wasm/${name}.wasm`);
    await bundleInline(`${fresh}/inline.js`);
    await chmod(`${fresh}/cli/main.js`, 0o755);
    await rename("dist", old).catch(() => undefined); // none yet
    await rename(fresh, "dist");
  } finally {
    for (const path of [fresh, old]) await rm(path, { recursive: true, force: true });
  }
}

/** One file: the module as bytes, and no worker beside it, so hashes are computed on the thread that asks. */
async function bundleInline(outfile: string): Promise<void> {
  const offload: Plugin = {
    name: "no workers",
    setup(build) {
      const contents = "export async function startWorkerHashes() { return undefined; }";
      build.onLoad({ filter: /[\\/]io[\\/]hash-offload\.ts$/ }, () => ({ contents }));
    },
  };
  await bundle({
    entryPoints: ["ts-wrapper/inline.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    loader: { ".wasm": "binary" },
    logLevel: "warning",
    plugins: [offload],
  });
}

async function main(what: string | undefined): Promise<void> {
  if (what === "wasm") return ensureWasm();
  if (what !== undefined) throw new Error(`unknown part ${JSON.stringify(what)}; known is wasm, and nothing for everything`);
  await ensureBuilt();
  const size = await coreSize();
  console.log(
    `core and merge, gzipped: ${kilobytes(size.total)} of ${kilobytes(BUDGET_BYTES)} ` +
      `(${kilobytes(size.script)} script, ${kilobytes(size.wasm)} simd.wasm)`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main(process.argv[2]);
