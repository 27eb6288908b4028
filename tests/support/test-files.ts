import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../../", import.meta.url));

/** The test files, sorted: `plain` ones run everywhere, `node` ones (`*.node.test.ts`) use files and processes. */
export async function testFiles(kind: "plain" | "node"): Promise<string[]> {
  const all = (await readdir(`${top}tests`, { recursive: true })).filter((path) => path.endsWith(".test.ts"));
  return all
    .filter((path) => path.endsWith(".node.test.ts") === (kind === "node"))
    .map((path) => `tests/${path.replaceAll("\\", "/")}`)
    .sort();
}

/** Why a file runs in Node alone: it says so in a line `// Node only: <reason>`. */
export async function nodeOnly(file: string): Promise<string | undefined> {
  return /^\/\/ Node only: (.+)$/m.exec(await readFile(`${top}${file}`, "utf8"))?.[1];
}
