import assert from "node:assert/strict";
import { test } from "node:test";
import { ConsoleStdout, OpenFile, File as ShimFile, WASI } from "@bjorn3/browser_wasi_shim";
import { wasiModule } from "../../support/wasi-module.ts";

/** The command on a host made of JavaScript alone, as a page has it. */
async function run(...args: string[]): Promise<{ status: number; stdout: string[]; stderr: string[] }> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const files = [
    new OpenFile(new ShimFile([])),
    ConsoleStdout.lineBuffered((line) => stdout.push(line)),
    ConsoleStdout.lineBuffered((line) => stderr.push(line)),
  ];
  const wasi = new WASI(["lowrank-wasi", ...args], [], files, { debug: false });
  const instance = await WebAssembly.instantiate(await wasiModule(), { wasi_snapshot_preview1: wasi.wasiImport });
  const status = wasi.start(instance as unknown as Parameters<WASI["start"]>[0]);
  return { status, stdout, stderr };
}

test("lowrank-wasi on a host in JavaScript: features of its build and a clean self-check", async () => {
  const { status, stdout } = await run("--json");
  assert.equal(status, 0);
  assert.equal(stdout.length, 1);
  const document = JSON.parse(stdout[0]!);
  assert.deepEqual(document.features, { simd: true, relaxedSimd: false, threads: false });
  assert.ok(document.checks.length === 2 && document.checks.every((c: { ok: boolean }) => c.ok), stdout[0]!);
});

test("lowrank-wasi on a host in JavaScript: an unknown argument ends with 2", async () => {
  const { status, stdout, stderr } = await run("--nonsense");
  assert.equal(status, 2);
  assert.deepEqual(stdout, []);
  assert.match(stderr.join("\n"), /unknown argument "--nonsense"/);
});

test("the WASI command imports nothing but WASI", async () => {
  const imports = WebAssembly.Module.imports(await wasiModule());
  assert.deepEqual([...new Set(imports.map((i) => i.module))], ["wasi_snapshot_preview1"]);
});
