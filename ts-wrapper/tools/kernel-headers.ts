import { readdir, readFile } from "node:fs/promises";
import { parts } from "./build-wasm.ts";

/** What the header comment of a kernel file says. */
export interface KernelHeader {
  /** Path from the top of the repository. */
  readonly file: string;
  /** Names before the dash of the first line. */
  readonly names: readonly string[];
  /** The sentence after it. */
  readonly summary: string;
  /** The indented lines of the first block that has any: the formulas. */
  readonly formulas: readonly string[];
  /** The paragraphs that open with a word of their own: `Bytes`, `Cost`, `Error`, `Paper`, … */
  readonly notes: ReadonlyMap<string, string>;
  /** Names in the export table of the module that call this file. */
  readonly exports: readonly string[];
}

/** Reads the headers of the kernels that the export tables name, in their order. */
export async function kernelHeaders(): Promise<KernelHeader[]> {
  const tables = await Promise.all(parts.map(({ entry }) => readFile(entry, "utf8")));
  return (await Promise.all(tables.map(headersOf))).flat();
}

async function headersOf(table: string): Promise<KernelHeader[]> {
  const files = new Map<string, string[]>(); // file → what is imported of it
  for (const [, names, path] of table.matchAll(/^(?:import|export) \{([^}]+)\} from "\.\/([^"]+)";/gm)) {
    files.set(
      `assembly/${path}.ts`,
      names!.split(",").map((name) => name.trim()),
    );
  }
  const headers: KernelHeader[] = [];
  for (const [file, imported] of files) {
    const calls = [...table.matchAll(/^export function (\w+)\(.*\{ ?(?:return )?(\w+)[<(]/gm)];
    const own = [...table.matchAll(/^export \{([^}]+)\} from "\.\/([^"]+)";/gm)].filter(
      ([, , path]) => `assembly/${path}.ts` === file,
    );
    const exports = [
      ...own.flatMap(([, names]) => names!.split(",").map((name) => name.trim())),
      ...calls.filter(([, , called]) => imported.includes(called!)).map(([, name]) => name!),
    ];
    if (exports.length > 0) headers.push({ ...parseHeader(file, await readFile(file, "utf8")), exports });
  }
  return headers;
}

/** Throws when the file does not open with `name — one sentence.` */
export function parseHeader(file: string, source: string): Omit<KernelHeader, "exports"> {
  const lines = source
    .slice(0, source.search(/^(?!\/\/)/m))
    .split("\n")
    .map((line) => line.replace(/^\/\/ ?/, ""));
  const opening = /^(\w+(?:, \w+)*) — (.+)$/.exec(lines[0] ?? "");
  if (!opening) throw new Error(`${file} must open with "// name — one sentence."`);
  const blocks = lines
    .slice(1)
    .join("\n")
    .split(/\n\s*\n/)
    .map((block) => block.split("\n").filter((line) => line.trim() !== ""));
  const formulas = blocks.find((block) => block.length > 0 && block.every((line) => line.startsWith("  "))) ?? [];
  const notes = new Map<string, string>();
  let open = "";
  for (const line of lines.slice(1)) {
    const [, word, text] = /^([A-Z]\w+) {2,}(.+)$/.exec(line) ?? [];
    if (word && text) {
      open = word;
      notes.set(open, text.trim());
    } else if (open && /^ {4}/.test(line)) notes.set(open, `${notes.get(open)} ${line.trim()}`);
    else open = "";
  }
  return { file, names: opening[1]!.split(", "), summary: opening[2]!, formulas: formulas.map((line) => line.trim()), notes };
}

/** Kernel files, whether exported or not. */
export async function kernelFiles(): Promise<string[]> {
  const folders = (await readdir("assembly", { withFileTypes: true })).filter(
    (entry) => entry.isDirectory() && !/^(__tests__|wasi)$/.test(entry.name),
  );
  const names = await Promise.all(
    folders.map(async ({ name }) => (await readdir(`assembly/${name}`)).map((file) => `assembly/${name}/${file}`)),
  );
  return names
    .flat()
    .filter((path) => path.endsWith(".ts"))
    .sort();
}
