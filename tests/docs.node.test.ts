// Node only: it runs the examples of the documents as programs
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { kernelFiles, parseHeader } from "../ts-wrapper/tools/kernel-headers.ts";
import { documents, render } from "../ts-wrapper/tools/render-docs.ts";
import { table } from "../ts-wrapper/tools/renderers.ts";
import { blocks } from "./support/markdown.ts";

const top = fileURLToPath(new URL("../", import.meta.url));
const execute = promisify(execFile);
process.chdir(top);

const texts = new Map(await Promise.all((await documents()).map(async (file) => [file, await readFile(file, "utf8")] as const)));

for (const [file, text] of texts) {
  if (!text.includes("<!-- rendered: ")) continue;
  test(`${file}: the rendered parts are what the code says`, async () => {
    const [old, fresh] = [text.split("\n"), (await render(file, text)).split("\n")];
    const at = fresh.findIndex((line, i) => line !== old[i]);
    assert.ok(at < 0, `line ${at + 1} should be ${JSON.stringify(fresh[at])}; run \`npx tsx ts-wrapper/tools/render-docs.ts\``);
  });
}

/**
 * A document's blocks run one after the other in one folder, so a later one finds what an earlier one wrote.
 * In it `lowrank` is the built package, as a dependency and as a command, and `examples/` is that of the repository.
 */
async function workplace(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lowrank-docs-"));
  await mkdir(join(folder, "node_modules/.bin"), { recursive: true });
  await symlink(top, join(folder, "node_modules/lowrank"), "dir");
  await symlink(`${top}dist/cli/main.js`, join(folder, "node_modules/.bin/lowrank"));
  await symlink(`${top}examples`, join(folder, "examples"), "dir");
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  return folder;
}

const tsx = pathToFileURL(`${top}node_modules/tsx/dist/loader.mjs`).href;
const runtimes: Readonly<Record<string, readonly [string, ...string[]]>> = {
  Node: [process.execPath, "--import", tsx],
  Deno: [`${top}node_modules/.bin/deno`, "run", "-A"],
  Bun: [`${top}node_modules/.bin/bun`],
};
const examples = [...texts].flatMap(([file, text]) => {
  const wanted = blocks(text).filter(({ info }) => info === "ts" || info === "sh run");
  return wanted.length > 0 && /^(README\.md|docs\/|examples\/)/.test(file) ? [{ file, wanted }] : [];
});

for (const { file, wanted } of examples) {
  for (const [name, runtime] of Object.entries(runtimes)) {
    if (name !== "Node" && !wanted.some(({ info }) => info === "ts")) continue; // shell lines are the same in each
    test(`${file}: its ${wanted.length} examples run in ${name}`, async () => {
      const folder = await workplace();
      try {
        for (const { info, code, line } of wanted) {
          const script = join(folder, `line-${line}.ts`);
          if (info === "ts") await writeFile(script, code);
          const ran =
            info === "ts" ? execute(runtime[0], [...runtime.slice(1), script], { cwd: folder }) : runShell(folder, code);
          await ran.catch((error: Error & { stderr?: string }) =>
            assert.fail(`${file}:${line}: ${error.message}\n${error.stderr ?? ""}`),
          );
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
}

test("the TypeScript of the documents has no type error", async () => {
  const folder = await workplace();
  try {
    const files: string[] = [];
    for (const { file, wanted } of examples) {
      for (const { code, line } of wanted.filter(({ info }) => info === "ts")) {
        files.push(`${file.replaceAll(/[/.]/g, "-")}-line-${line}.ts`);
        await writeFile(join(folder, files.at(-1)!), code);
      }
    }
    if (files.length === 0) return;
    const lib = ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"];
    const compilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: "es2022",
      module: "nodenext",
      lib,
      types: [],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const tsc = execute(process.execPath, [`${top}node_modules/typescript/bin/tsc`, "-p", folder]);
    await tsc.catch((error: { stdout: string }) => assert.fail(error.stdout));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function runShell(folder: string, code: string): Promise<void> {
  const path = `${join(folder, "node_modules/.bin")}:${dirname(process.execPath)}:${process.env.PATH ?? ""}`;
  await execute("bash", ["-euo", "pipefail", "-c", code], { cwd: folder, env: { ...process.env, PATH: path } });
}

test("every local link of a document leads somewhere", async () => {
  for (const [file, text] of texts) {
    for (const [, target] of text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)) {
      await readFile(join(dirname(file), target!)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EISDIR") assert.fail(`${file} links ${target}, which is not there`);
      });
    }
  }
});

test("every kernel file opens with its name and one sentence", async () => {
  for (const file of await kernelFiles()) assert.ok(parseHeader(file, await readFile(file, "utf8")).summary.endsWith("."), file);
});

test("a kernel header gives names, formulas and notes", () => {
  const source =
    "// a, b — two things.\n//\n//   y ← a·x\n//\n// k  depth\n// Error  |e| ≤ u\n//        and no more\n// Cost   one pass\nimport x\n";
  const { names, summary, formulas, notes } = parseHeader("x.ts", source);
  assert.deepEqual([names, summary, formulas], [["a", "b"], "two things.", ["y ← a·x"]]);
  assert.deepEqual(
    [...notes],
    [
      ["Error", "|e| ≤ u and no more"],
      ["Cost", "one pass"],
    ],
  );
  assert.throws(() => parseHeader("x.ts", "// something\n"), { message: /^x\.ts must open with/ });
});

test("a marked part is replaced, the rest is kept", async () => {
  const known = { greeting: async (to: string) => `hello ${to}` };
  const text = "a\n<!-- rendered: greeting you all -->\nold\n<!-- /rendered -->\nb\n";
  const fresh = "a\n<!-- rendered: greeting you all -->\n\nhello you all\n\n<!-- /rendered -->\nb\n";
  assert.equal(await render("x.md", text, known), fresh);
  assert.equal(await render("x.md", fresh, known), fresh);
});

test("an unknown name and a missing end are errors that name the document", async () => {
  await assert.rejects(render("x.md", "<!-- rendered: what -->\n<!-- /rendered -->", {}), {
    message: /^x\.md: nothing renders "what"/,
  });
  await assert.rejects(render("x.md", "<!-- rendered: a -->\n", { a: async () => "" }), { message: /^x\.md: .* has no end/ });
});

test("a table escapes bars and keeps lines", () => {
  assert.equal(table(["a", "b"], [["x|y", "1\n2"]]), "| a | b |\n| --- | --- |\n| x\\|y | 1<br>2 |");
});

test("blocks come with their words, code and line", () => {
  assert.deepEqual(blocks("text\n```ts\nlet a;\n```\n\n  ```sh run\n  ls\n  ```\n```\nplain\n```\n"), [
    { info: "ts", code: "let a;\n", line: 3 },
    { info: "sh run", code: "ls\n", line: 7 },
    { info: "", code: "plain\n", line: 10 },
  ]);
});
