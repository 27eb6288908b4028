import assert from "node:assert/strict";
import { test } from "node:test";
import type { Result } from "../../../ts-wrapper/cli/command.ts";
import { toFailure } from "../../../ts-wrapper/cli/exit.ts";
import { Output, type OutputOptions } from "../../../ts-wrapper/cli/output.ts";
import { LowrankError } from "../../../ts-wrapper/engine/errors.ts";

function open(options: Partial<OutputOptions> = {}, isTTY = false): { output: Output; out: () => string; err: () => string } {
  const text = { out: "", err: "" };
  const sink = (name: "out" | "err") => ({
    isTTY,
    write: (s: string) => {
      text[name] += s;
    },
  });
  const output = new Output(
    sink("out"),
    sink("err"),
    {},
    { json: false, quiet: false, verbose: false, noColor: false, ...options },
  );
  return { output, out: () => text.out, err: () => text.err };
}

const result: Result = { json: { n: 1 }, text: () => "one", summary: true };

test("output: text goes to stdout, or one versioned document with --json", () => {
  const text = open();
  text.output.result("merge", result);
  assert.equal(text.out(), "one\n");
  const json = open({ json: true, quiet: true });
  json.output.result("merge", result);
  assert.deepEqual(JSON.parse(json.out()), { schema: 1, command: "merge", n: 1 });
});

test("output: --quiet leaves out summaries and warnings, not results and errors", () => {
  const quiet = open({ quiet: true });
  quiet.output.result("merge", result);
  quiet.output.warn("careful");
  assert.equal(quiet.out() + quiet.err(), "");
  quiet.output.result("plan", { ...result, summary: false });
  assert.equal(quiet.out(), "one\n");
  quiet.output.fail(toFailure(new LowrankError("FORMAT", "a", "b")), "");
  assert.equal(quiet.err(), "error: a: b\n");
});

test("output: an error is a document on stdout with --json and a line on stderr", () => {
  const json = open({ json: true });
  json.output.fail(toFailure(new LowrankError("UNUSED", "adapter", "is unused", { file: "f", tensor: "t" })), "");
  assert.deepEqual(JSON.parse(json.out()), {
    schema: 1,
    error: { code: "UNUSED", exit: 4, message: "adapter: is unused", file: "f", tensor: "t" },
  });
  assert.equal(json.err(), "error: adapter: is unused\n");
});

test("output: an unexpected error says how to report it, and --verbose prints the stack instead", () => {
  const plain = open();
  plain.output.fail(toFailure(new TypeError("oops")), "the stack");
  assert.match(plain.err(), /^error: oops\n.*--verbose/);
  const verbose = open({ verbose: true });
  verbose.output.fail(toFailure(new TypeError("oops")), "the stack");
  assert.equal(verbose.err(), "error: oops\nthe stack\n");
});

test("output: a message cannot write escape codes to the terminal", () => {
  const { output, err } = open();
  output.fail(toFailure(new LowrankError("FORMAT", "\u001b[2J", "b")), "");
  output.warn("\u001b[31m");
  assert.ok(!err().includes("\u001b"), JSON.stringify(err()));
});

test("output: progress is wanted on a terminal only, and not with --quiet or --json", () => {
  assert.equal(open({}, true).output.wantsProgress, true);
  assert.equal(open({}, false).output.wantsProgress, false);
  assert.equal(open({ quiet: true }, true).output.wantsProgress, false);
  assert.equal(open({ json: true }, true).output.wantsProgress, false);
});
