import assert from "node:assert/strict";
import { test } from "node:test";
import { builtin, nodeFs, promised, systemCode } from "../../../ts-wrapper/io/node.ts";

const inPage = typeof process === "undefined";

test("built-in modules are there outside of pages; in a page a path is refused with the way out", () => {
  assert.equal(builtin("node:fs") === undefined, inPage);
  if (inPage)
    assert.throws(() => nodeFs("/models/a"), {
      code: "USAGE",
      file: "/models/a",
      message: /give a URL, a File, an OPFS handle or bytes/,
    });
  else assert.equal(nodeFs("x"), builtin("node:fs"));
});

test("a callback becomes a promise of its value or its error", async () => {
  assert.equal(await promised<number>((done) => done(null, 3)), 3);
  const error = new Error("bad");
  await assert.rejects(
    promised<number>((done) => done(error, 3)),
    error,
  );
});

test("the code of a system error is its text, of everything else empty", () => {
  assert.equal(systemCode(Object.assign(new Error("x"), { code: "ENOENT" })), "ENOENT");
  assert.equal(systemCode(new Error("File too large (os error 27)")), "EFBIG");
  for (const other of [new Error("x (os error 9999)"), { code: "ENOENT" }, undefined, Object.assign(new Error("x"), { code: 7 })])
    assert.equal(systemCode(other), "");
});
