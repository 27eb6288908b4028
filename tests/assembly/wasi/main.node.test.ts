import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runtime } from "../../../ts-wrapper/engine/features.ts";

const path = (relative: string): string => fileURLToPath(new URL(`../../../${relative}`, import.meta.url));
const { version } = JSON.parse(readFileSync(path("package.json"), "utf8")) as { version: string };

/** The command on node:wasi, in a process of its own. */
function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const options = runtime() === "deno" ? ["run", "-A"] : runtime() === "node" ? ["--no-warnings"] : [];
  const child = [...options, path("tests/support/wasi-child.mjs"), path("ts-wrapper/wasm/wasi.wasm"), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, child, { encoding: "utf8" });
  return { status, stdout, stderr };
}

test("lowrank-wasi on node:wasi prints the version of package.json, the features of its build, and a clean self-check", () => {
  const { status, stdout } = run();
  assert.equal(status, 0);
  assert.match(stdout, new RegExp(`^lowrank ${version.replaceAll(".", "\\.")} \\(WASI\\)\n`));
  assert.match(stdout, /^simd +yes$/m);
  assert.match(stdout, /^threads +no$/m);
  assert.match(stdout, /^ok +gemm_f32: error /m);
  assert.match(stdout, /^ok +low_rank_update_bf16: error 0\.0/m);
});

test("lowrank-wasi --json on node:wasi prints one document with the same facts", () => {
  const { status, stdout } = run("--json");
  assert.equal(status, 0);
  const document = JSON.parse(stdout);
  assert.equal(document.schema, 1);
  assert.equal(document.version, version);
  assert.deepEqual(document.features, { simd: true, relaxedSimd: false, threads: false });
  assert.ok(document.memoryPages > 0);
  assert.deepEqual(
    document.checks.map((c: { name: string; ok: boolean }) => [c.name, c.ok]),
    [
      ["gemm_f32", true],
      ["low_rank_update_bf16", true],
    ],
  );
  assert.ok(document.checks[0].error > 0 && document.checks[0].error < document.checks[0].bound);
});

test("lowrank-wasi --help on node:wasi names every option and status", () => {
  const { status, stdout } = run("--help");
  assert.equal(status, 0);
  for (const word of ["--json", "--help", "exit status: 0", "2 wrong usage", "5 a kernel"])
    assert.ok(stdout.includes(word), word);
});

test("lowrank-wasi on node:wasi refuses an argument it does not know with 2, names it, and prints no result", () => {
  const { status, stdout, stderr } = run("--json", "--fast");
  assert.equal(status, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /lowrank-wasi: unknown argument "--fast"; --help lists what there is/);
});
