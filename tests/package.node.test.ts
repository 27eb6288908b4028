// Node only: it looks at the package as npm packs it, and starts Deno and Bun itself
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { published } from "../ts-wrapper/tools/build.ts";
import { BUDGET_BYTES, coreSize, kilobytes } from "../ts-wrapper/tools/sizes.ts";
import { specifiers } from "./support/sources.ts";

const top = fileURLToPath(new URL("../", import.meta.url));
const execute = promisify(execFile);
const manifest = JSON.parse(await readFile(`${top}package.json`, "utf8"));
const entries = Object.entries(manifest.exports as Record<string, { types: string; default: string } | string>);

assert.ok(existsSync(`${top}dist/index.js`), "dist/ is missing: run `npm run build`");

/** A project somewhere else with the packed package in its node_modules; what the package depends on is linked there. */
const project = await mkdtemp(join(tmpdir(), "lowrank-package-"));
process.on("exit", () => rmSync(project, { recursive: true, force: true }));
const npm = ["pack", "--ignore-scripts", "--json", "--pack-destination", project];
const [packed] = JSON.parse((await execute("npm", npm, { cwd: top })).stdout) as [
  { filename: string; files: { path: string; mode: number }[] },
];
const home = join(project, "node_modules", "lowrank");
await mkdir(home, { recursive: true });
await execute("tar", ["xzf", join(project, packed.filename), "-C", home, "--strip-components=1"]);
for (const name of Object.keys(manifest.dependencies))
  await symlink(`${top}node_modules/${name}`, join(project, "node_modules", name), "dir");
await writeFile(join(project, "package.json"), JSON.stringify({ type: "module", dependencies: { lowrank: manifest.version } }));

const size = await coreSize();

/** What a user writes first. */
const script = `
  import { createEngine } from "lowrank";
  import { createEngine as createInline } from "lowrank/inline";
  const engine = await createEngine({ threads: 2 });
  const inline = await createInline();
  console.log(JSON.stringify([engine.build, engine.threads, engine.live(), inline.build, inline.threads]));
  engine[Symbol.dispose]();
  inline[Symbol.dispose]();
`;
await writeFile(join(project, "use.mjs"), script);

test("the package is ESM alone, without side effects", () => {
  assert.equal(manifest.type, "module");
  assert.equal(manifest.sideEffects, false);
  assert.equal(manifest.main, undefined);
  assert.doesNotMatch(JSON.stringify(manifest.exports), /"require"/);
});

for (const [name, target] of entries) {
  test(`the entry ${name} is there, types first`, () => {
    if (typeof target === "string") assert.ok(existsSync(join(top, target.replace("*", ""))), target);
    else {
      assert.deepEqual(Object.keys(target), ["types", "default"]);
      for (const file of Object.values(target)) assert.ok(existsSync(join(top, file)), file);
    }
  });
}

test("publint has nothing to say", async () => {
  const { messages } = await publint({ pkgDir: top, level: "suggestion", strict: true, pack: false });
  const text = messages.map((message) => formatMessage(message, manifest, { color: false }));
  assert.deepEqual(text, []);
});

test("the main entry reaches no package and no Node module", async () => {
  const { metafile } = await build({
    entryPoints: ["dist/index.js"],
    absWorkingDir: top,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
  });
  const { inputs } = metafile;
  assert.ok("dist/index.js" in inputs);
  assert.deepEqual(
    Object.keys(inputs).filter((path) => !path.startsWith("dist/")),
    [],
  );
  assert.deepEqual(
    Object.values(inputs).flatMap((input) => input.imports.filter((i) => i.external).map((i) => i.path)),
    [],
  );
});

test(`core and merge stay within ${kilobytes(BUDGET_BYTES)} gzipped`, (t) => {
  t.diagnostic(`core and merge: ${kilobytes(size.total)} (${kilobytes(size.script)} script, ${kilobytes(size.wasm)} simd.wasm)`);
  assert.ok(size.total <= BUDGET_BYTES, `${size.total} bytes, ${BUDGET_BYTES} were allowed: ${kilobytes(size.script)} script`);
});

test("the declarations of the main entry name no Node type", async () => {
  const seen = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const specifier of specifiers(await readFile(`${top}${path}`, "utf8"))) {
      assert.ok(specifier.startsWith("."), `${path} imports ${specifier}`);
      await visit(posix.join(dirname(path), specifier).replace(/(?:\.d)?\.ts$|\.js$/, ".d.ts"));
    }
  };
  await visit("dist/index.d.ts");
  assert.ok(seen.size > 1);
});

test("the inline entry asks for no other file", async () => {
  const code = await readFile(`${top}dist/inline.js`, "utf8");
  assert.deepEqual(specifiers(code), []);
  assert.doesNotMatch(code, /new URL\(\s*["'`]\.|\bimport\(/);
});

test("the tarball holds what is needed and nothing of tests, tools and sources", async () => {
  const files = packed.files.map(({ path }) => path);
  for (const name of published) assert.ok(files.includes(`dist/wasm/${name}.wasm`), `${name}.wasm is missing`);
  const documents = ["README.md", "CHANGELOG.md", "LICENSE", "SECURITY.md", "package.json"];
  for (const path of [...documents, "dist/index.js", "dist/index.d.ts", "dist/engine/worker.js"]) {
    assert.ok(files.includes(path), `${path} is missing`);
  }
  const workers = (await readdir(`${top}ts-wrapper`, { recursive: true })).filter((path) => path.endsWith("worker.js"));
  for (const path of workers) assert.ok(files.includes(`dist/${path}`), `dist/${path} is missing`);
  const strange = files.filter((path) => !documents.includes(path) && !/^dist\/.+\.(js|d\.ts|wasm)$/.test(path));
  assert.deepEqual(strange, []);
  assert.deepEqual(
    files.filter((path) => /^dist\/(tools|tests)\/|debug\.wasm$/.test(path)),
    [],
  );
});

const programs = {
  Node: [process.execPath],
  Deno: [`${top}node_modules/.bin/deno`, "run", "-A"],
  Bun: [`${top}node_modules/.bin/bun`],
};
for (const [name, [program, ...args]] of Object.entries(programs)) {
  test(`${name} imports the packed package and starts an engine of two threads, and an inline one`, async () => {
    const { stdout } = await execute(program!, [...args, "use.mjs"], { cwd: project });
    assert.deepEqual(JSON.parse(stdout), ["simd-threads", 2, 0, "simd", 1]);
  });
}

test("the inline entry refuses what it cannot have", async () => {
  const { createEngine } = await import(join(home, "dist/inline.js"));
  await assert.rejects(createEngine({ threads: 2 }), { code: "UNSUPPORTED", message: /2 threads asked, 1 can be had/ });
  await assert.rejects(createEngine({ build: "relaxed" }), { code: "UNSUPPORTED", message: /build relaxed asked/ });
  assert.match((await createEngine({ math: "fast" })).features().chosen.math.why, /simd build alone/);
});

test("the command of the packed package prints its version", async () => {
  const file = join(home, manifest.bin.lowrank);
  assert.match(await readFile(file, "utf8"), /^#!\/usr\/bin\/env node\n/);
  assert.equal(packed.files.find(({ path }) => `./${path}` === manifest.bin.lowrank)?.mode, 0o755);
  assert.equal((await execute(process.execPath, [file, "--version"], { cwd: project })).stdout.trim(), manifest.version);
});

test("a strict TypeScript project without Node's types takes the declarations as they are", async () => {
  const code =
    'import { createEngine, type Engine, LowrankError } from "lowrank";\nexport const e: Promise<Engine> = createEngine();\nexport { LowrankError };\n';
  await writeFile(join(project, "use.ts"), `${code}export { createEngine } from "lowrank/inline";\n`);
  const lib = ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"];
  const options = { strict: true, noEmit: true, skipLibCheck: false, target: "es2022", module: "nodenext", lib, types: [] };
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["use.ts"] }));
  const tsc = execute(process.execPath, [`${top}node_modules/typescript/bin/tsc`, "-p", project], { cwd: project });
  await tsc.catch((error: { stdout: string }) => assert.fail(error.stdout));
});
