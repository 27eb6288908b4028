import assert from "node:assert/strict";
import { test } from "node:test";
import { CommanderError } from "commander";
import { codesOf, exitStatuses, stackOf, toFailure } from "../../../ts-wrapper/cli/exit.ts";
import { type ErrorCode, errorCodes, LowrankError } from "../../../ts-wrapper/engine/errors.ts";

test("exit: every code of every error belongs to a documented status", () => {
  for (const code of Object.keys(errorCodes) as ErrorCode[]) {
    const failure = toFailure(new LowrankError(code, "x", "y", { file: "f", tensor: "t" }));
    assert.deepEqual(failure, { code, exit: errorCodes[code].exit, message: "x: y", file: "f", tensor: "t" });
    assert.ok(
      exitStatuses.some((s) => s.exit === failure.exit),
      code,
    );
    assert.ok(codesOf(failure.exit).includes(code), code);
  }
  assert.deepEqual(
    exitStatuses.map((s) => s.exit),
    [0, 1, 2, 3, 4, 5, 6, 7, 130],
  );
  for (const { exit } of exitStatuses.slice(1)) assert.ok(codesOf(exit).length > 0, String(exit));
});

test("exit: wrong usage that the parser finds is 2, an abort 130, an allocation that failed 6, the rest 1", () => {
  assert.equal(toFailure(new CommanderError(1, "commander.unknownOption", "error: unknown option '--x'")).exit, 2);
  assert.equal(toFailure(new DOMException("interrupted", "AbortError")).exit, 130);
  assert.equal(toFailure(new RangeError("Array buffer allocation failed")).code, "OUT_OF_MEMORY");
  assert.equal(toFailure(new RangeError("Array buffer allocation failed")).exit, 6);
  assert.deepEqual(toFailure(new RangeError("Invalid array length")).exit, 1);
  assert.deepEqual(toFailure(new TypeError("x is undefined")), {
    code: "UNEXPECTED",
    exit: 1,
    message: "x is undefined",
    file: null,
    tensor: null,
  });
  assert.equal(toFailure("text").message, "text");
});

test("exit: the stack tells the causes, too", () => {
  const text = stackOf(new Error("outer", { cause: new TypeError("inner", { cause: "root" }) }));
  assert.match(text, /Error: outer[\s\S]*caused by: TypeError: inner[\s\S]*caused by: root$/);
});
