// Node only: it reads the sources, which are the same in every runtime
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { WasmExports } from "../ts-wrapper/engine/exports.gen.ts";
import { heapBase } from "../ts-wrapper/engine/kernels.ts";
import { moduleNames, parts } from "../ts-wrapper/tools/build-wasm.ts";
import { filesBelow, read, resolve, specifiers, withoutTypes } from "./support/sources.ts";
import { testFiles } from "./support/test-files.ts";

/**
 * Who may import whom: a layer may import itself and what stands behind it. `engine/errors` is the one file that everything may import.
 * Siblings do not import each other.
 */
const layers: Readonly<Record<string, readonly string[]>> = {
  "assembly/core": [],
  "assembly/blas": ["assembly/core"],
  "assembly/factor": ["assembly/core", "assembly/blas"],
  "assembly/quant": ["assembly/core", "assembly/blas"],
  "assembly/merge": ["assembly/core", "assembly/blas"],
  "assembly/wasi": ["assembly/core", "assembly/blas", "assembly/factor", "assembly/merge"],
  "assembly/index.ts": ["assembly/core", "assembly/blas", "assembly/merge"],
  "assembly/index-factor.ts": ["assembly/core", "assembly/blas", "assembly/factor"],
  "assembly/index-quant.ts": ["assembly/core", "assembly/quant"],
  "ts-wrapper/wasm": [],
  "ts-wrapper/engine": ["ts-wrapper/wasm"],
  "ts-wrapper/io": [],
  "ts-wrapper/quant": ["ts-wrapper/engine", "ts-wrapper/linalg"],
  "ts-wrapper/linalg": ["ts-wrapper/engine"],
  "ts-wrapper/adapters": ["ts-wrapper/engine", "ts-wrapper/io", "ts-wrapper/linalg"],
  "ts-wrapper/cli": ["ts-wrapper/engine", "ts-wrapper/io", "ts-wrapper/linalg", "ts-wrapper/adapters", "ts-wrapper"],
  // The entries and the faces of the library, which lie at the top.
  "ts-wrapper": [
    "ts-wrapper/wasm",
    "ts-wrapper/engine",
    "ts-wrapper/io",
    "ts-wrapper/linalg",
    "ts-wrapper/adapters",
    "ts-wrapper/quant",
  ],
};
const everyones = "ts-wrapper/engine/errors.ts";
const MOST_LINES = 400;

const isTool = (path: string): boolean => path.startsWith("ts-wrapper/tools/");
const isSource = (path: string): boolean => /\.(ts|js)$/.test(path) && !path.endsWith(".d.ts");
const assembly = (await filesBelow("assembly")).filter((path) => isSource(path) && !path.includes("/__tests__/"));
const wrapper = (await filesBelow("ts-wrapper")).filter(isSource);
const sources = new Map(await Promise.all([...assembly, ...wrapper].map(async (path) => [path, await read(path)] as const)));

function layerOf(path: string): string | undefined {
  const [top = "", second = "", deeper] = path.split("/");
  if (path.startsWith("assembly/index")) return path;
  if (deeper === undefined) return top === "ts-wrapper" ? top : undefined;
  return `${top}/${second}`;
}

test("every source file lies in a layer", () => {
  for (const path of sources.keys()) {
    if (isTool(path)) continue;
    const layer = layerOf(path);
    assert.ok(layer && layer in layers, `${path}: ${layer ?? "its folder"} has no line in the table of layers`);
  }
});

test("imports go one way: a file imports from its own layer or from those its layer names", () => {
  for (const [path, source] of sources) {
    if (isTool(path)) continue;
    const from = layerOf(path)!;
    for (const specifier of specifiers(source)) {
      const target = resolve(path, specifier);
      if (target === undefined || target === everyones) continue;
      assert.ok(sources.has(target) || target.endsWith(".wasm"), `${path} imports ${specifier}, which is no source file`);
      const to = layerOf(target);
      assert.ok(to === from || layers[from]!.includes(to ?? ""), `${path} imports ${target}: ${from} may not import ${to}`);
    }
  }
});

test("the library imports no package and no Node module; those are for cli/ and tools/", async () => {
  for (const [path, source] of sources) {
    if (isTool(path) || path.startsWith("ts-wrapper/cli/") || path.startsWith("assembly/wasi/")) continue;
    const code = path.startsWith("assembly/") ? source : await withoutTypes(source);
    const foreign = specifiers(code).filter((specifier) => !specifier.startsWith("."));
    assert.deepEqual(foreign, [], `${path} imports ${foreign.join(", ")}`);
  }
});

test(`no source file is longer than ${MOST_LINES} lines`, () => {
  for (const [path, source] of sources) {
    const lines = source.split("\n").length - 1;
    assert.ok(path.endsWith(".gen.ts") || lines <= MOST_LINES, `${path} has ${lines} lines: it holds more than one idea`);
  }
});

test("every source file with code in it has its test, at the mirrored path", async () => {
  const tests = new Set([...(await testFiles("plain")), ...(await testFiles("node"))]);
  const specs = new Set(await filesBelow("assembly/__tests__").catch(() => []));
  const missing: string[] = [];
  for (const path of sources.keys()) {
    if (isTool(path) || /\.gen\.ts$|\.js$|\/index(-\w+)?\.ts$/.test(path) || layerOf(path) === "ts-wrapper/wasm") continue;
    if (/^ts-wrapper\/(node|web|inline)\.ts$/.test(path) || path.startsWith("assembly/wasi/")) continue; // entries: the package's test runs them
    if (path.startsWith("ts-wrapper/") && (await isOnlyTypes(path))) continue;
    const stem = path.slice(0, -".ts".length);
    const spec = stem.replace(/^assembly\//, "assembly/__tests__/");
    if (tests.has(`tests/${stem}.test.ts`) || tests.has(`tests/${stem}.node.test.ts`) || specs.has(`${spec}.spec.ts`)) continue;
    missing.push(`tests/${stem}.test.ts`);
  }
  assert.deepEqual(missing, [], `tests to write:\n${missing.join("\n")}`);
});

async function isOnlyTypes(path: string): Promise<boolean> {
  return /^\s*(?:export \{\s*\};?)?\s*$/.test(await withoutTypes(sources.get(path)!));
}

test("every test file has a test", async () => {
  for (const path of [...(await testFiles("plain")), ...(await testFiles("node"))]) {
    assert.match(await read(path), /\b(?:test(?:\.\w+)?|await test[A-Z]\w+)\(/, `${path} has none`);
  }
});

for (const [folder, list] of [
  ["ts-wrapper/adapters/kinds", "ts-wrapper/adapters/index.ts"],
  ["ts-wrapper/cli/commands", "ts-wrapper/cli/commands/index.ts"],
] as const) {
  test(`every file of ${folder} stands in ${list}`, async () => {
    const files = [...sources.keys()].filter((path) => path.startsWith(`${folder}/`) && path !== list);
    const imported = specifiers(await read(list)).map((specifier) => resolve(list, specifier));
    assert.ok(files.length > 0, `${folder} is empty`);
    for (const path of files) assert.ok(imported.includes(path), `${path} is missing in ${list}`);
  });
}

const modules = await Promise.all(
  moduleNames.map(async (name) => ({
    name,
    module: await compile(await readFile(new URL(`../ts-wrapper/wasm/${name}.wasm`, import.meta.url))),
  })),
);
/** The index of the module of which `name` is a build. */
const partOf = (name: string): number => parts.findLastIndex(({ prefix }) => name.startsWith(prefix));
const functions = ({ module }: (typeof modules)[number]): string[] =>
  WebAssembly.Module.exports(module)
    .map((e) => `${e.kind} ${e.name}`)
    .sort();
const firsts = modules.filter(({ name }) => name.endsWith("simd"));

/** Node 20 knows relaxed SIMD behind a flag of V8, which is read before each compilation. */
async function compile(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  if (!WebAssembly.validate(bytes)) process.getBuiltinModule("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
  return WebAssembly.compile(bytes);
}

test("the five builds of each module export the same names, and no name is in two modules", () => {
  assert.deepEqual(
    firsts.map(({ name }) => name),
    parts.map(({ prefix }) => `${prefix}simd`),
  );
  for (const [k, first] of firsts.entries()) {
    const builds = modules.filter(({ name }) => partOf(name) === k);
    assert.equal(builds.length, 5);
    for (const other of builds) assert.deepEqual(functions(other), functions(first), `${other.name} differs from ${first.name}`);
  }
  const all = firsts.flatMap(functions).filter((name) => name.startsWith("function "));
  assert.equal(new Set(all).size, all.length);
});

test("the constants of a module end before those of the next begin, in every build", async () => {
  for (const { name, module } of modules) {
    const next = parts[partOf(name) + 1];
    const shared = name.endsWith("-threads");
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared });
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    const end = heapBase(exports as unknown as WasmExports);
    assert.ok(end <= (next?.memoryBase ?? 65536), `${name}: ${end}`);
  }
});

for (const { name, module } of modules) {
  test(`${name}.wasm imports its memory and nothing else`, () => {
    assert.deepEqual(WebAssembly.Module.imports(module), [{ module: "env", name: "memory", kind: "memory" }]);
  });
}

test("exports.gen.ts names what the modules export", async () => {
  const rendered = [...(await read("ts-wrapper/engine/exports.gen.ts")).matchAll(/^ {2}(\w+)\(/gm)].map((m) => m[1]).sort();
  const exported = firsts.flatMap(({ module }) => WebAssembly.Module.exports(module).filter((e) => e.kind === "function"));
  assert.deepEqual(rendered, exported.map((e) => e.name).sort());
});
