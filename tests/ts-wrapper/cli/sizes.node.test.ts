import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseSize } from "../../../ts-wrapper/cli/sizes.ts";

test("sizes: decimal and binary units, with and without a space, in any case", () => {
  const cases: [string, number][] = [
    ["4096", 4096],
    ["1B", 1],
    ["512MB", 512e6],
    ["512mb", 512e6],
    ["64 kB", 64e3],
    ["5GB", 5e9],
    ["1TB", 1e12],
    ["300MiB", 300 * 2 ** 20],
    ["1.5GiB", 1.5 * 2 ** 30],
    [" 2 KiB ", 2048],
    ["0.5kB", 500],
  ];
  for (const [text, bytes] of cases) assert.equal(parseSize(text, "--memory"), bytes, text);
});

test("sizes: M alone is refused with both ways to write it", () => {
  for (const text of ["512M", "512Mi", "512 m"]) {
    assert.throws(() => parseSize(text, "--memory"), {
      code: "USAGE",
      message: /^--memory: is "512.*write 512MB \(powers of 1000\) or 512MiB \(powers of 1024\)$/,
    });
  }
});

test("sizes: what is no size is refused and quoted", () => {
  for (const text of [
    "",
    "MB",
    "-1MB",
    "1e3",
    "1.MB",
    "1,5GB",
    "5 GB free",
    "12parsecs",
    "0",
    "0MB",
    "9e99",
    "NaN",
    "99999999999TB",
  ]) {
    assert.throws(
      () => parseSize(text, "--shard-size"),
      (e: Error & { code?: string; exit?: number }) => {
        assert.equal(e.code, "USAGE", text);
        assert.equal(e.exit, 2);
        assert.ok(e.message.startsWith(`--shard-size: is ${JSON.stringify(text)}, `), e.message);
        return true;
      },
    );
  }
});

test("sizes: every whole number of bytes below 2^53 reads as itself", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (n) => parseSize(String(n), "x") === n),
    { numRuns: 200, seed: 1 },
  );
});
