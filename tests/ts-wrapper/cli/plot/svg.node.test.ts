// Node only: the command line is for Node
import assert from "node:assert/strict";
import { test } from "node:test";
import { escaped, rounded, svgDocument } from "../../../../ts-wrapper/cli/plot/svg.ts";

test("text from outside does not become markup", () => {
  assert.equal(escaped("<b> & </b>"), "&lt;b&gt; &amp; &lt;/b&gt;");
  const svg = svgDocument("<script>", 10, 20, { light: ".a {}", dark: ".b {}" }, ["<g/>"]);
  assert.doesNotMatch(svg, /<script>/);
  assert.match(svg, /^<svg [^>]*width="10" height="20" viewBox="0 0 10 20"[^>]*>\n<title>&lt;script&gt;<\/title>/);
  assert.match(svg, /prefers-color-scheme: dark\) \{ .*\.b \{\} \}/);
  assert.ok(svg.endsWith("<g/>\n</svg>\n"));
});

test("places are tenths of a pixel", () => {
  assert.deepEqual([1.26, -0.04, 100].map(rounded), [1.3, -0, 100]);
});
