// Node only: the command line is for Node
import assert from "node:assert/strict";
import { test } from "node:test";
import { lineChart } from "../../../../ts-wrapper/cli/plot/line-chart.ts";

/** The points of the curves, without those of the legend. */
const paths = (svg: string): string[] => [...svg.matchAll(/<path class="c\d" d="(M[^"]*|)"\/>(?!<text)/g)].map((m) => m[1]!);
const ys = (d: string): number[] => [...d.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map((m) => Number(m[1]));

test("each decade is as high as the next, and values fall where they should", () => {
  const [d] = paths(lineChart({ title: "t", x: "k", curves: [{ label: "c", y: [100, 10, 1] }] }));
  const [a, b, c] = ys(d!) as [number, number, number];
  assert.ok(a < b && b < c);
  assert.ok(Math.abs(b - a - (c - b)) <= 0.2);
});

test("zeros, infinities and what lies 16 decades down are gaps; a point alone is a dot", () => {
  const [d] = paths(
    lineChart({ title: "t", x: "k", curves: [{ label: "c", y: [1, 0, 1e-3, Number.POSITIVE_INFINITY, 1e-30, 0.1] }] }),
  );
  assert.equal(d!.match(/M/g)!.length, 3);
  assert.equal(d!.match(/h\.1/g)!.length, 3);
});

test("an empty curve, one value and all zeros are drawn without a NaN", () => {
  for (const y of [[], [5], [0, 0]]) {
    const svg = lineChart({ title: "t", x: "k", curves: [{ label: "c", y }] });
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  }
});

test("a long curve has no more points than pixels, the first and last among them", () => {
  const y = Float64Array.from({ length: 5000 }, (_, i) => 5000 - i);
  const [d] = paths(lineChart({ title: "t", x: "k", curves: [{ label: "c", y }] }));
  const xs = [...d!.matchAll(/[ML]([\d.]+) /g)].map((m) => Number(m[1]));
  assert.ok(xs.length <= 760, String(xs.length));
  assert.deepEqual([xs[0], xs.at(-1)], [64, 744]);
});

test("names are escaped, marks have their word", () => {
  const svg = lineChart({ title: "<t>", x: "a&b", curves: [{ label: "<c>", y: [1, 2] }], marks: [{ x: 2, label: "<m>" }] });
  for (const text of ["&lt;t&gt;", "a&amp;b", "&lt;c&gt;", "&lt;m&gt;"]) assert.ok(svg.includes(text), text);
});
