// Node only: it starts the command line the way Node does, and sends it signals
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { base, example, scratch } from "./in-process.ts";

const main = fileURLToPath(new URL("../../../ts-wrapper/cli/main.ts", import.meta.url));
const folder = scratch();
const env = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined };

function start(argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", main, ...argv], { env, stdio: ["ignore", "pipe", "pipe"] });
}

function collect(child: ChildProcess): Promise<{ exit: number | string | null; out: string; err: string }> {
  const text = { out: "", err: "" };
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    text.out += part;
  });
  child.stderr?.setEncoding("utf8").on("data", (part: string) => {
    text.err += part;
  });
  return new Promise((done) => child.on("close", (code, signal) => done({ exit: signal ?? code, ...text })));
}

test("main: a merge as a process ends with 0, draws nothing where there is no terminal, and writes no escape code", async () => {
  const { exit, out, err } = await collect(start(["merge", base, "-a", example("lora-licences"), "-o", join(folder, "out")]));
  assert.deepEqual([exit, err], [0, ""]);
  assert.match(out, /^Merged /);
  assert.ok(!out.includes("\u001b"), JSON.stringify(out.slice(0, 200)));
});

test("main: wrong usage is 2", async () => {
  const { exit, out, err } = await collect(start(["merge", base]));
  assert.deepEqual([exit, out], [2, ""]);
  assert.match(err, /^error: required option '-a, --adapter/);
});

test("main: Ctrl-C during a request is 130, at once, and nothing was written", async () => {
  const asked: ServerResponse[] = [];
  const server = createServer((_, response) => asked.push(response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model/model.safetensors`;
  const out = join(folder, "interrupted");
  const child = start(["merge", url, "-a", example("lora-licences"), "-o", out]);
  const ended = collect(child);
  await new Promise<void>((done) => server.once("request", () => done()));
  child.kill("SIGINT");
  const { exit, err } = await ended;
  for (const response of asked) response.destroy();
  server.close();
  assert.deepEqual([exit, err], [130, "interrupted\n"]);
  assert.ok(!existsSync(out));
});

test("main: a reader that goes away is no failure", async () => {
  const child = start(["inspect", base, "--tensors"]);
  const ended = collect(child);
  child.stdout?.destroy();
  const { exit, err } = await ended;
  assert.deepEqual([exit, err], [0, ""]);
});

/** Runs a command line on a terminal; what it shows is what comes back. */
async function onTerminal(
  line: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ exit: number | string | null; out: string }> {
  const child = spawn("script", ["-qec", line, "/dev/null"], {
    env: { ...env, TERM: "xterm", ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return collect(child);
}

const hasScript = existsSync("/usr/bin/script");
const line = (out: string, more = "") =>
  `"${process.execPath}" --import tsx "${main}" merge "${base}" -a "${example("lora-licences")}" -o "${join(folder, out)}" ${more}`;
const esc = "\u001b";

test("main: on a terminal a bar is drawn with bytes and rate, and cleared before the summary", { skip: !hasScript }, async () => {
  const { exit, out } = await onTerminal(line("terminal"));
  assert.equal(exit, 0);
  assert.match(out, /merge +█*░* +\d+ % {2} *[\d.]+ [kM]?B {2} *[\d.]+ [kMG]?B\/s/);
  const bar = out.lastIndexOf("░") > out.lastIndexOf("█") ? out.lastIndexOf("░") : out.lastIndexOf("█");
  assert.ok(out.indexOf(`${esc}[2K`, bar) > bar, "the line is cleared");
  assert.ok(out.indexOf(`${esc}[1mMerged${esc}[22m`) > bar, "the summary comes after the bar, its title bold");
});

test("main: NO_COLOR leaves out colours, --quiet everything", { skip: !hasScript }, async () => {
  const plain = await onTerminal(line("plain", "--no-verify"), { NO_COLOR: "1" });
  assert.equal(plain.exit, 0);
  assert.ok(!plain.out.includes(`${esc}[1m`) && !plain.out.includes(`${esc}[3`), JSON.stringify(plain.out));
  assert.deepEqual(await onTerminal(line("quiet", "--quiet --no-verify")), { exit: 0, out: "", err: "" });
});
