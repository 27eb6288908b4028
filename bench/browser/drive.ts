// Measures in a browser: bundles the page, serves it isolated, drives it, and hands on its events.
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { build, type Plugin } from "esbuild";
import { findBrowser } from "../../tests/browser/browsers.ts";
import { locations } from "../../tests/browser/bundle.ts";
import { drive } from "../../tests/browser/drive.ts";
import type { Say } from "../runtimes.ts";
import type { Task } from "../task.ts";
import type { Message } from "./page.ts";

const SILENCE_MS = 300_000;
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>lowrank: bench</title>
<link rel="icon" href="data:,">
<script type="module" src="./bench/browser/page.js"></script>
</html>
`;
/** What packages load at run time, by path in bench/node_modules. */
const packageFiles = [
  "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm",
  "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
  "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm",
  "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
  "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
];

/** A package that is not installed stays an import, which fails in the page; what packages want of Node is empty. */
const packagesOnly: Plugin = {
  name: "packages",
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === "resolving" || rest.kind === "entry-point" || path.startsWith("node:")) return undefined;
      if (builtinModules.includes(path)) return { path, namespace: "empty" };
      const found = await build.resolve(path, { ...rest, pluginData: "resolving" });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
    build.onLoad({ filter: /./, namespace: "empty" }, () => ({ contents: "module.exports = {};" }));
  },
};

async function bundle(out: string): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await build({
    entryPoints: ["bench/browser/page.ts"],
    outdir: out,
    outbase: ".",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["node:*"],
    logLevel: "error",
    plugins: [packagesOnly, locations],
  });
  await writeFile(`${out}/index.html`, page);
  for (const file of packageFiles) {
    await cp(`bench/node_modules/${file}`, `${out}/packages/${file}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
}

/** Runs the task in a page. Throws when the browser is not there, or tells nothing for long. */
export async function measureInBrowser(
  name: "chromium" | "firefox",
  task: Task,
  say: Say,
  print: (line: string) => void,
): Promise<void> {
  const found = findBrowser(name);
  if ("missing" in found) throw new Error(`${name} is ${found.missing}`);
  const out = `build/browser/bench-${name}`;
  await bundle(out);
  await writeFile(`${out}/task.json`, JSON.stringify(task));
  const hear = (message: Message, version: string): boolean => {
    if ("note" in message) print(message.note);
    else say(message.type === "start" ? { ...message, runtime: { ...message.runtime, name, version } } : message);
    return "type" in message && message.type === "end";
  };
  await drive({ launch: found.launch, path: `${out}/index.html`, hear, silenceMs: SILENCE_MS });
}
