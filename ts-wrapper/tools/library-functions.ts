import { readFile } from "node:fs/promises";

/** A function of the library, as its comment presents it. */
export interface LibraryFunction {
  readonly name: string;
  /** File it is written in. */
  readonly file: string;
  /** The first clause of its comment. */
  readonly summary: string;
}

const INDEX = "ts-wrapper/index.ts";

/** The functions that the main entry exports from files below `folder`, in its order. Throws where one has no comment. */
export async function libraryFunctions(folder: string): Promise<LibraryFunction[]> {
  const found: LibraryFunction[] = [];
  for (const [, names, path] of (await readFile(INDEX, "utf8")).matchAll(/^export \{([^}]+)\} from "\.\/([^"]+)";/gm)) {
    if (!path!.startsWith(folder)) continue;
    const file = `ts-wrapper/${path}`;
    const source = await readFile(file, "utf8");
    for (const name of names!.split(",").map((n) => n.trim())) {
      if (!/^[a-z]/.test(name) || name.startsWith("type ")) continue;
      const summary = summaryOf(source, name);
      if (summary !== undefined) found.push({ name, file, summary });
    }
  }
  return found;
}

/** The first clause of the comment before a function: up to a stop or a bracket. `undefined` for what is no function. */
export function summaryOf(source: string, name: string): string | undefined {
  const at = source.search(new RegExp(`^export (?:async )?function ${name}\\b`, "m"));
  if (at < 0) return undefined;
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(source.slice(0, at))?.[1];
  if (comment === undefined) throw new Error(`${name} is exported without a comment`);
  const text = comment
    .replaceAll(/\n\s*\* ?/g, " ")
    .replaceAll(/ {2,}/g, " ")
    .trim();
  return text.split(/(?:[.:;](?= |$)| \()/)[0]!;
}
