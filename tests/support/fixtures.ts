/** Reads files below `examples/` and `tests/fixtures/`: from the disk where there is one, else from the server of the tests. */
const roots = ["examples", "tests/fixtures"];
const top = new URL("../../", import.meta.url);

export async function fixture(path: string): Promise<Uint8Array<ArrayBuffer>> {
  for (const root of roots) {
    const bytes = await read(`${root}/${path}`);
    if (bytes) return bytes;
  }
  throw new Error(`fixture ${path} is in none of ${roots.join(", ")}`);
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (typeof process === "undefined") {
    const response = await fetch(`/${path}`);
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  }
  const { readFile } = process.getBuiltinModule("node:fs/promises");
  return readFile(new URL(path, top)).then(
    (b) => new Uint8Array(b),
    () => undefined,
  );
}

/** The files of a folder of fixtures by name, as `File`s: what a browser's file picker gives. */
export async function files(folder: string, names: readonly string[]): Promise<File[]> {
  return Promise.all(names.map(async (name) => new File([await fixture(`${folder}/${name}`)], name)));
}
