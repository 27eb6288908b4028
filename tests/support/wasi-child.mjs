// A host for the WASI command: `wasi-child.mjs <module> [arguments]`, on node:wasi, with this process's stdout, stderr and exit status.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [path = "", ...args] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: ["lowrank-wasi", ...args], returnOnExit: true });
const module = new WebAssembly.Module(readFileSync(path));
const imports = /** @type {WebAssembly.Imports} */ ({ wasi_snapshot_preview1: wasi.wasiImport });
const status = wasi.start(new WebAssembly.Instance(module, imports));
process.exit(status ?? 0);
