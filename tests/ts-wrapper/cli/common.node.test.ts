import assert from "node:assert/strict";
import { test } from "node:test";
import { type Command, longFlag, type OptionSpec } from "../../../ts-wrapper/cli/command.ts";
import { commands } from "../../../ts-wrapper/cli/commands/index.ts";
import { commonOptions } from "../../../ts-wrapper/cli/common.ts";

test("common: no command has an option that all commands have, nor two with one flag", () => {
  const common = Object.values<OptionSpec>(commonOptions).map(longFlag);
  for (const command of commands) {
    const own = Object.values(command.options).flatMap((spec) => spec.flag.split(", "));
    for (const flag of own) assert.ok(!common.includes(flag), `${command.name} ${flag}`);
    assert.equal(new Set(own).size, own.length, command.name);
  }
});

test("common: every option that takes a value says how it is read, every choice is in its help", () => {
  for (const { name, options } of [{ name: "common", options: commonOptions } as unknown as Command, ...commands]) {
    for (const spec of Object.values(options)) {
      assert.equal(spec.value !== undefined, spec.parse !== undefined || spec.choices !== undefined, `${name} ${spec.flag}`);
      if (spec.choices) assert.equal(spec.value, spec.choices.join("|"), `${name} ${spec.flag}`);
      if (spec.choices && spec.default !== undefined)
        assert.ok(spec.choices.includes(String(spec.default)), `${name} ${spec.flag}`);
    }
  }
});
