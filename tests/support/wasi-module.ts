/** The WASI command, compiled: from the disk where there is one, else from the server of the tests. */
export async function wasiModule(): Promise<WebAssembly.Module> {
  const url = new URL("../../ts-wrapper/wasm/wasi.wasm", import.meta.url);
  if (typeof process === "undefined") return WebAssembly.compile(await (await fetch(url)).arrayBuffer());
  const { readFile } = process.getBuiltinModule("node:fs/promises");
  return WebAssembly.compile(await readFile(url));
}
