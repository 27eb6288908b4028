import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { blocks } from "../support/markdown.ts";

const top = fileURLToPath(new URL("../../", import.meta.url));
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>lowrank: tests</title>
<link rel="icon" href="data:,">
<script type="module" src="./tests/browser/page.js"></script>
</html>
`;

/**
 * Bundles test modules into the folder `out`, with a page that runs them: one entry a test file, what they share in chunks,
 * so that a file that fails to load fails alone.
 */
export async function bundleTests(out: string, pageFiles: readonly string[], workerFiles: readonly string[]): Promise<void> {
  await mkdir(`${top}${out}`, { recursive: true });
  await build({
    absWorkingDir: top,
    entryPoints: ["tests/browser/page.ts", ...new Set([...pageFiles, ...workerFiles])],
    outdir: out,
    outbase: ".",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["node:*"],
    logLevel: "warning",
    plugins: [nodeModules, locations],
  });
  const url = (file: string): string => `/${out}/${file.replace(/\.ts$/, ".js")}`;
  await writeFile(`${top}${out}/index.html`, page);
  await writeFile(`${top}${out}/readme-page.js`, await readmePage());
  await writeFile(`${top}${out}/files.json`, JSON.stringify({ page: pageFiles.map(url), worker: workerFiles.map(url) }));
}

/** The README's example of a page, on this server's folders. */
async function readmePage(): Promise<string> {
  const pages = blocks(await readFile(`${top}README.md`, "utf8")).filter(({ info }) => info === "js");
  const served = {
    "./lowrank/index.js": "/dist/index.js",
    "/models/base": "/examples/kjv-llama/base",
    "/models/lora": "/examples/kjv-llama/adapters/lora-licences",
  };
  return Object.entries(served).reduce(
    (code, [from, to]) => {
      if (code.split(from).length !== 2) throw new Error(`README.md: the example of a page has no ${from}, or several`);
      return code.replace(from, to);
    },
    pages.map(({ code }) => code).join("\n"),
  );
}

/** `node:test` is the small one of support/, `node:assert/strict` the npm package `assert` with the few globals it asks for. */
const nodeModules: Plugin = {
  name: "node modules",
  setup(build) {
    const require = createRequire(import.meta.url);
    build.onResolve({ filter: /^node:test$/ }, () => ({ path: `${top}tests/support/browser-test.ts` }));
    build.onResolve({ filter: /^node:assert(\/strict)?$/ }, () => ({ path: `${top}tests/support/browser-assert.ts` }));
    // These packages were written for bundlers that bring a `process`; the library's own files must not see one.
    const packages = ["assert", "util"].map((name) => dirname(require.resolve(`${name}/package.json`)));
    const filter = new RegExp(`^(${packages.map((p) => p.replaceAll(/[\\.]/g, "\\$&")).join("|")})[\\\\/].*\\.js$`);
    build.onLoad({ filter }, async ({ path }) => ({
      contents: `var process = { env: {}, stderr: {}, nextTick: queueMicrotask, emitWarning() {} }, global = globalThis;\n${await readFile(path, "utf8")}`,
    }));
  },
};

/** The sources lie on the server where they lie in the repository: `import.meta.url` keeps naming them, so .wasm and worker files are found. */
export const locations: Plugin = {
  name: "locations",
  setup(build) {
    build.onLoad({ filter: /\.(ts|js)$/ }, async ({ path }) => {
      const inside = relative(top, path).split(sep).join("/");
      if (!/^(ts-wrapper|tests|bench)\//.test(inside) || inside.includes("node_modules")) return undefined;
      const source = await readFile(path, "utf8");
      const contents = source.replaceAll(
        "import.meta.url",
        `new URL(${JSON.stringify(`/${inside}`)}, self.location.origin).href`,
      );
      return { contents, loader: path.endsWith(".ts") ? "ts" : "js" };
    });
  },
};
