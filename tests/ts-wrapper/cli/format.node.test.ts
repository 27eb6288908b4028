import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  clean,
  formatBytes,
  formatCount,
  formatDuration,
  formatMemory,
  formatNumber,
  formatRange,
  formatRate,
  formatShape,
  formatShare,
  formatWait,
  plural,
} from "../../../ts-wrapper/cli/format.ts";

test("format: bytes have three digits and the next unit before a fourth", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [1, "1 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [1234, "1.23 kB"],
    [9995, "10 kB"],
    [12_345, "12.3 kB"],
    [999_499, "999 kB"],
    [999_500, "1 MB"],
    [4_850_824, "4.85 MB"],
    [5e9, "5 GB"],
    [1.5e12, "1.5 TB"],
  ];
  for (const [n, text] of cases) assert.equal(formatBytes(n), text, String(n));
  assert.equal(formatMemory(320 * 2 ** 20), "320 MiB");
  assert.equal(formatMemory(1.5 * 2 ** 30), "1.5 GiB");
  assert.equal(formatMemory(1000), "1000 B");
});

test("format: only the whole is 100 % and only nothing is 0 %", () => {
  assert.equal(formatShare(1), "100 %");
  assert.equal(formatShare(0), "0 %");
  assert.equal(formatShare(0.99999), "99.99 %");
  assert.equal(formatShare(0.9), "90.00 %");
  assert.equal(formatShare(0.57), "57.00 %");
  assert.equal(formatShare(1e-9), "< 0.01 %");
  const inside = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
  fc.assert(
    fc.property(inside, (x) => !["100 %", "0 %", "100.00 %", "0.00 %"].includes(formatShare(x))),
    { numRuns: 300, seed: 2 },
  );
});

test("format: numbers keep four digits", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [2, "2"],
    [0.5, "0.5"],
    [0.123456, "0.1235"],
    [1.999999, "2"],
    [1234.567, "1235"],
    [-0.25, "-0.25"],
    [3.5e-5, "3.50e-5"],
    [1e7, "1.00e+7"],
  ];
  for (const [n, text] of cases) assert.equal(formatNumber(n), text, String(n));
});

test("format: durations and rates", () => {
  const cases: [number, string][] = [
    [0, "0 ms"],
    [812, "812 ms"],
    [1500, "1.50 s"],
    [42_000, "42.0 s"],
    [59_990, "1 min 00 s"],
    [192_000, "3 min 12 s"],
    [7_500_000, "2 h 05 min"],
  ];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text, String(ms));
  assert.deepEqual([0, 1499, 59_499, 59_500, 3_599_600].map(formatWait), ["0 s", "1 s", "59 s", "1 min 00 s", "1 h 00 min"]);
  assert.equal(formatRate(5e8, 1000), "500 MB/s");
  assert.equal(formatRate(5, 0), "–");
});

test("format: shapes, counts, ranges, plurals", () => {
  assert.equal(formatShape([1024, 192]), "1024 × 192");
  assert.equal(formatShape([]), "scalar");
  assert.equal(formatCount(2_420_000), "2.42 M");
  assert.equal(formatCount(41), "41");
  assert.equal(formatRange([2, 2]), "2");
  assert.equal(formatRange([4, 0.5, 2]), "0.5 … 4");
  assert.equal(formatRange([]), undefined);
  assert.equal(plural(1, "tensor"), "1 tensor");
  assert.equal(plural(2, "copy", "copies"), "2 copies");
});

test("format: escape codes in a name are shown, not obeyed", () => {
  assert.equal(clean("a\u001b[2Jb\nc"), "a\\u{1b}[2Jb\\u{a}c");
  assert.equal(clean("‮x"), "\\u{202e}x");
  assert.equal(clean("model.layers.0 · ΔW"), "model.layers.0 · ΔW");
});
