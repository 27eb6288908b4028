import assert from "node:assert/strict";
import { test } from "node:test";
import { longFlag } from "../../../ts-wrapper/cli/command.ts";
import { commands } from "../../../ts-wrapper/cli/commands/index.ts";

test("command: every command has a name, a summary of one line, and examples that begin with it", () => {
  assert.deepEqual(
    commands.map((c) => c.name),
    [...new Set(commands.map((c) => c.name))],
  );
  for (const { name, summary, examples } of commands) {
    assert.match(name, /^[a-z-]+$/);
    assert.match(summary, /^[a-z][^\n]*[^.]$/, name);
    assert.ok(examples.length > 0, name);
    for (const { line } of examples) assert.ok(line.startsWith(`lowrank ${name} `) || line === `lowrank ${name}`, line);
  }
});

test("command: the long flag is the one with two dashes", () => {
  assert.equal(longFlag({ flag: "-o, --out", description: "" }), "--out");
  assert.equal(longFlag({ flag: "--no-verify", description: "" }), "--no-verify");
});
