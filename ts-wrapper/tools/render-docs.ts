// Renders the parts of the documents that stand between `<!-- rendered: name -->` and `<!-- /rendered -->`:
// `tsx ts-wrapper/tools/render-docs.ts` writes them, tests/docs.node.test.ts compares them.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { type Renderer, renderers } from "./renderers.ts";

/** The documents of the repository, from its top. */
export async function documents(): Promise<string[]> {
  const folders = [".", "docs", "assembly", "ts-wrapper", "tests", "bench", "examples"];
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder, { recursive: folder !== "." }).catch(() => []);
      return names
        .filter((name) => name.endsWith(".md") && !/(^|[\\/])node_modules[\\/]/.test(name))
        .map((name) => (folder === "." ? name : `${folder}/${name.replaceAll("\\", "/")}`));
    }),
  );
  return found.flat().sort();
}

/** The text with every marked part rendered anew. Throws for a name that no renderer has, and for a marker without an end. */
export async function render(file: string, text: string, known: Readonly<Record<string, Renderer>> = renderers): Promise<string> {
  const parts = text.split(/^(<!-- rendered: .+? -->)$/m);
  let out = parts[0] ?? "";
  for (let i = 1; i < parts.length; i += 2) {
    const [marker = "", rest = ""] = [parts[i], parts[i + 1]];
    const [name = "", ...argument] = marker.slice("<!-- rendered: ".length, -" -->".length).split(" ");
    const renderer = known[name];
    const end = rest.indexOf("<!-- /rendered -->");
    if (!renderer)
      throw new Error(`${file}: nothing renders ${JSON.stringify(name)}; known are ${Object.keys(known).join(", ")}`);
    if (end < 0) throw new Error(`${file}: ${marker} has no end <!-- /rendered -->`);
    out += `${marker}\n\n${await renderer(argument.join(" "))}\n\n${rest.slice(end)}`;
  }
  return out;
}

async function main(): Promise<void> {
  for (const file of await documents()) {
    const text = await readFile(file, "utf8");
    const fresh = await render(file, text);
    if (fresh === text) continue;
    await writeFile(file, fresh);
    console.log(`rendered ${file}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
