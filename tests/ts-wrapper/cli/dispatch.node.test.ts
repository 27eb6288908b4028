import assert from "node:assert/strict";
import { test } from "node:test";
import { type Command, defineCommand } from "../../../ts-wrapper/cli/command.ts";
import { dispatch } from "../../../ts-wrapper/cli/dispatch.ts";
import { parseNumber, parseText } from "../../../ts-wrapper/cli/values.ts";
import { LowrankError } from "../../../ts-wrapper/engine/errors.ts";

const interrupted = new AbortController();

const echo: Command = defineCommand({
  name: "echo",
  summary: "says what it was given",
  arguments: { base: "a base" },
  options: {
    scale: { flag: "--scale", value: "x", description: "a factor", default: 1, parse: parseNumber, group: "Numbers" },
    adapters: { flag: "-a, --adapter", value: "path", description: "many", parse: parseText, repeat: true },
    kind: { flag: "--some-kind", value: "k", description: "a word", choices: ["a", "b"] },
    verify: { flag: "--no-verify", description: "off" },
    loud: { flag: "--loud", description: "on" },
  },
  examples: [{ line: "lowrank echo x", what: "says x" }],
  notes: () => "Notes at the end.",
  async run({ args, options, signal, warn }) {
    if (args.base === "abort") throw signal.reason ?? new DOMException("stop", "AbortError");
    if (args.base === "late") interrupted.abort(new DOMException("interrupted", "AbortError"));
    if (args.base === "broken" || args.base === "late") throw new LowrankError("FORMAT", "broken", "is bad", { file: "broken" });
    if (args.base === "bug") throw new TypeError("a bug");
    warn("told");
    return { json: { args, options: { ...options } }, text: () => `${args.base} ${options.scale} ${options.adapters.join("+")}` };
  },
});

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

async function run(argv: string[], extra: { tty?: boolean; signal?: AbortSignal } = {}): Promise<Ran> {
  const text = { out: "", err: "" };
  const sink = (name: "out" | "err") => ({
    isTTY: extra.tty === true,
    columns: 80,
    write: (s: string) => {
      text[name] += s;
    },
  });
  const exit = await dispatch([echo], {
    argv,
    env: {},
    stdout: sink("out"),
    stderr: sink("err"),
    signal: extra.signal ?? new AbortController().signal,
    version: "1.2.3",
  });
  return { exit, ...text };
}

test("dispatch: arguments, repeated options, defaults and switches reach the command by their names", async () => {
  const { exit, out } = await run(["echo", "x", "-a", "p", "--adapter", "q", "--json", "--no-verify"]);
  assert.equal(exit, 0);
  const { args, options, schema, command } = JSON.parse(out);
  assert.deepEqual({ args, schema, command }, { args: { base: "x" }, schema: 1, command: "echo" });
  assert.deepEqual(
    [options.scale, options.adapters, options.kind, options.verify, options.loud],
    [1, ["p", "q"], undefined, false, false],
  );
  assert.equal(options.math, "deterministic");
  const other = JSON.parse((await run(["echo", "x", "--scale", "-2", "--loud", "--threads", "3", "--json"])).out).options;
  assert.deepEqual([other.scale, other.adapters, other.verify, other.loud, other.threads], [-2, [], true, true, 3]);
});

test("dispatch: options of all commands may stand before the command, too", async () => {
  const { exit, out } = await run(["--json", "--math", "fast", "echo", "x"]);
  assert.equal(exit, 0);
  assert.equal(JSON.parse(out).options.math, "fast");
});

test("dispatch: text on stdout, warnings on stderr, none with --quiet", async () => {
  assert.deepEqual(await run(["echo", "x", "-a", "p"]), { exit: 0, out: "x 1 p\n", err: "warning: told\n" });
  assert.equal((await run(["echo", "x", "--quiet"])).err, "");
});

test("dispatch: wrong usage is 2, with one line that names what is wrong", async () => {
  const cases: [string[], RegExp][] = [
    [["ecko", "x"], /unknown command 'ecko'.*Did you mean echo/],
    [["echo"], /missing required argument 'base'/],
    [["echo", "x", "y"], /too many arguments/],
    [["echo", "x", "--lound"], /unknown option '--lound'.*--loud/],
    [["echo", "x", "--scale"], /argument missing/],
    [["echo", "x", "--scale", "big"], /--scale: is "big", a number/],
    [["echo", "x", "--some-kind", "c"], /--some-kind: is "c", one of a, b was needed/],
    [["echo", "x", "--threads", "0"], /--threads: is "0", a whole number/],
  ];
  for (const [argv, message] of cases) {
    const { exit, out, err } = await run(argv);
    assert.equal(exit, 2, argv.join(" "));
    assert.equal(out, "");
    assert.match(err, message);
    assert.equal(err.trimEnd().split("\n").length, 1, err);
  }
});

test("dispatch: errors end with their status, as one document with --json", async () => {
  for (const [base, exit, code] of [
    ["broken", 3, "FORMAT"],
    ["bug", 1, "UNEXPECTED"],
    ["abort", 130, "INTERRUPTED"],
  ] as const) {
    const ran = await run(["echo", base, "--json"]);
    assert.equal(ran.exit, exit);
    const { schema, error } = JSON.parse(ran.out);
    assert.deepEqual([schema, error.code, error.exit], [1, code, exit]);
  }
  const usage = await run(["echo", "--json"]);
  assert.deepEqual([usage.exit, JSON.parse(usage.out).error.code], [2, "USAGE"]);
});

test("dispatch: after an abort every error is the interruption, and a command does not begin", async () => {
  const late = await run(["echo", "late"], { signal: interrupted.signal });
  assert.deepEqual([late.exit, late.err], [130, "interrupted\n"]);
  assert.equal((await run(["echo", "x"], { signal: interrupted.signal })).exit, 130);
});

test("dispatch: --help and --version are results", async () => {
  const all = await run(["--help"]);
  assert.equal(all.exit, 0);
  assert.match(all.out, /echo \[options\] <base>\s+says what it was given/);
  const one = await run(["echo", "--help"]);
  assert.equal(one.exit, 0);
  assert.match(
    one.out,
    /Says what it was given\.[\s\S]*Numbers:\n\s+--scale <x>\s+a factor \(default: 1\)[\s\S]*--json[\s\S]*Examples:\n {2}lowrank echo x\n {6}says x\n\nNotes at the end\./,
  );
  assert.ok(!one.out.includes("\u001b"), "no colour without a terminal");
  assert.ok((await run(["echo", "--help"], { tty: true })).out.includes("\u001b[1m"), "bold titles on a terminal");
  assert.deepEqual(await run(["--version"]), { exit: 0, out: "1.2.3\n", err: "" });
});

test("dispatch: no command prints the help on stderr and is 2", async () => {
  const { exit, out, err } = await run([]);
  assert.deepEqual([exit, out], [2, ""]);
  assert.match(err, /Usage: lowrank/);
});
