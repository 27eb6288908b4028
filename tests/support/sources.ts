import { readdir, readFile } from "node:fs/promises";
import { dirname, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const top = fileURLToPath(new URL("../../", import.meta.url));

/** Paths of the files below a folder, from the top of the repository, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(`${top}${folder}`, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.slice(top.length)}/${entry.name}`.replaceAll("\\", "/"))
    .sort();
}

export function read(path: string): Promise<string> {
  return readFile(`${top}${path}`, "utf8");
}

/** What a source imports: `from`, a bare `import`, an `import()`, as written. Types count as well, comments do not. */
export function specifiers(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|(?:^|\n)\s*import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/g;
  return [...code.matchAll(pattern)].map((m) => (m[1] ?? m[2] ?? m[3])!);
}

/** A TypeScript source without its types: what runs. */
export async function withoutTypes(source: string): Promise<string> {
  return (await transform(source, { loader: "ts", format: "esm" })).code;
}

/** The file that a relative specifier names; `undefined` for a package. AssemblyScript leaves the extension out. */
export function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = posix.join(dirname(from), specifier);
  return from.startsWith("assembly/") ? `${path}.ts` : path;
}
