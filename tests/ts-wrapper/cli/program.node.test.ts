import assert from "node:assert/strict";
import { test } from "node:test";
import { colorsFor } from "../../../ts-wrapper/cli/colors.ts";
import type { Command } from "../../../ts-wrapper/cli/command.ts";
import { commands } from "../../../ts-wrapper/cli/commands/index.ts";
import { buildProgram } from "../../../ts-wrapper/cli/program.ts";

interface Started {
  readonly command: Command;
  readonly args: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Parses one line with the real commands; none is run. */
async function parse(line: string): Promise<Started> {
  let started: Started | undefined;
  const quiet = {
    version: "0",
    colors: colorsFor({ isTTY: false, env: {}, refused: true }),
    width: 100,
    writeOut: () => {},
    writeErr: () => {},
  };
  const program = buildProgram(commands, quiet, async (command, args, options) => {
    started = { command, args, options };
  });
  await program.parseAsync(line.split(" "), { from: "user" });
  assert.ok(started, line);
  return started;
}

test("program: every example of every command is read, as the command it belongs to", async () => {
  for (const command of commands) {
    for (const { line } of command.examples) {
      const { command: found, args } = await parse(line.replace("lowrank ", ""));
      assert.equal(found.name, command.name, line);
      for (const name of Object.keys(command.arguments))
        assert.match(args[name] ?? "", name === "tensor" ? /\.weight$/ : /^\.\//, line);
    }
  }
});

test("program: merge reads its options into the values it works with", async () => {
  const { options } = await parse(
    "merge ./b -a ./x=0.5 -a ./y=-1 -o ./o --dtype F32 --scale 2 --memory 512MB --shard-size 1GiB --tied untie --allow-unused --no-verify " +
      "--resume --overwrite --accumulate f64 --min-survival 90% --residual-base --threads 2 --math fast",
  );
  const { adapters, out, dtype, scale, memory, shardSize, tied, minSurvival, threads, math, accumulate } = options;
  assert.deepEqual(
    { adapters, out, dtype, scale, memory, shardSize, tied, minSurvival, threads, math, accumulate },
    {
      adapters: [
        { source: "./x", weight: 0.5 },
        { source: "./y", weight: -1 },
      ],
      out: "./o",
      dtype: "f32",
      scale: 2,
      memory: 512e6,
      shardSize: 2 ** 30,
      tied: "untie",
      minSurvival: 0.9,
      threads: 2,
      math: "fast",
      accumulate: "f64",
    },
  );
  const { allowUnused, residualBase, verify, resume, overwrite, dryRun } = options;
  assert.deepEqual([allowUnused, residualBase, verify, resume, overwrite, dryRun], [true, true, false, true, true, false]);
});

test("program: merge without an option has the defaults of the library", async () => {
  const { options } = await parse("merge ./b -a ./x -o ./o");
  const { dtype, scale, accumulate, memory, shardSize, tied, minSurvival, verify, resume, overwrite, math } = options;
  assert.deepEqual([dtype, scale, accumulate, math], ["same", 1, "f32", "deterministic"]);
  assert.deepEqual(
    [memory, shardSize, tied, minSurvival, verify, resume, overwrite],
    [undefined, undefined, undefined, undefined, true, false, false],
  );
});
