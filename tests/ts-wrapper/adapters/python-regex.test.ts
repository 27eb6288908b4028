import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pythonRegex } from "../../../ts-wrapper/adapters/python-regex.ts";

const whole = (pattern: string, text: string): boolean => pythonRegex(pattern, "adapter_config.json").matchesWhole(text);
const start = (pattern: string, text: string): boolean => pythonRegex(pattern, "adapter_config.json").matchesStart(text);

const name = "model.layers.10.self_attn.q_proj";

const cases: readonly [pattern: string, text: string, matches: boolean][] = [
  ["", "", true],
  ["", "a", false],
  [".*q_proj", name, true],
  ["q_proj", name, false],
  [".*\\.(q|v)_proj", name, true],
  [".*\\.(k|v)_proj", name, false],
  ["model\\.layers\\.(1|10)\\..*", name, true],
  ["model\\.layers\\.[34]\\..*", "model.layers.4.x", true],
  ["model\\.layers\\.[34]\\..*", "model.layers.5.x", false],
  ["model.layers.\\d{2,}.self_attn.[kqv]_proj", name, true],
  ["model.layers.\\d{3,}.self_attn.[kqv]_proj", name, false],
  ["^(?!.*visual).*(?:q_proj|v_proj)$", name, true],
  ["^(?!.*visual).*(?:q_proj|v_proj)$", "visual.blocks.0.q_proj", false],
  ["^(model.language_model(?=\\.).*\\.(o_proj|q_proj))$", "model.language_model.layers.0.q_proj", true],
  ["^(model.language_model(?=\\.).*\\.(o_proj|q_proj))$", "model.language_modelx.layers.0.q_proj", false],
  [
    "(?:.*?(?:language|text).*?(?:self_attn|mlp).*?(?:q_proj|v_proj).*?)|(?:\\bmodel\\.layers\\.[\\d]{1,}\\.(?:self_attn|mlp)\\.(?:(?:q_proj|v_proj)))",
    name,
    true,
  ],
  ["(?P<layer>\\d+)", "12", true],
  ["a(?#a comment)b", "ab", true],
  ["a{2}", "aa", true],
  ["a{,2}", "aa", true],
  ["a{,2}", "aaa", false],
  ["a{2,3}?", "aaa", true],
  ["a{x}", "a{x}", true],
  ["a{}", "a{}", true],
  ["[]a]+", "]a]", true],
  ["[^]a]+", "]", false],
  ["[a-]+", "a-", true],
  ["[\\w.]+", name, true],
  ["\\D+", "12", false],
  ["\\s\\S\\W", " a.", true],
  ["x\\Z", "x", true],
  ["x$", "x\n", false], // $ is before the newline, but the whole text has one more character
  [".", "\n", false],
  ["\\x41\\u0042", "AB", true],
  ["\\.\\-\\_\\/", ".-_/", true],
  ["\u{1f600}.", "\u{1f600}\u{1f600}", true],
  ["(a*)*b", "aaab", true],
  ["(a|b|)+c", "abc", true],
  ["\\bq_proj\\b.*", "q_proj.x", true],
  ["a\\Bb", "ab", true],
];

for (const [pattern, text, matches] of cases) {
  test(`fullmatch(${JSON.stringify(pattern)}, ${JSON.stringify(text)}) is ${matches}, as in Python 3.11`, () => {
    assert.equal(whole(pattern, text), matches);
  });
}

test("match finds a beginning, and $ stands before a newline at the end", () => {
  assert.equal(start("model\\.layers", name), true);
  assert.equal(start("layers", name), false);
  assert.equal(start("x$", "x\n"), true);
  assert.equal(start("x$", "xy"), false);
});

const refusals: readonly [pattern: string, code: string, message: RegExp][] = [
  ["(a", "FORMAT", /a group that is not closed/],
  ["a)", "FORMAT", /closing parenthesis without an opening one at character 1/],
  ["[a", "FORMAT", /its end, where it has to go on/],
  ["a\\", "FORMAT", /its end, where it has to go on/],
  ["*a", "FORMAT", /a quantifier with nothing before it/],
  ["^*", "FORMAT", /a quantifier with nothing before it that can be repeated/],
  ["a**", "FORMAT", /a quantifier behind a quantifier/],
  ["a{3,2}", "FORMAT", /the quantifier \{3,2\}, whose end is below its start/],
  ["[z-a]", "FORMAT", /a range in \[ \] that is none/],
  ["\\q", "FORMAT", /the escape \\q/],
  ["\\x4", "FORMAT", /the escape \\x4/],
  ["(a)\\1", "KIND", /not supported: backreferences/],
  ["(?<=a)b", "KIND", /not supported: lookbehind/],
  ["(?i)a", "KIND", /not supported: lookbehind, inline flags/],
  ["a++", "KIND", /not supported: possessive quantifiers/],
  ["a".repeat(16_385), "LIMIT", /has 16385 characters, at most 16384 are read/],
  ["(((a{99}){99}){99})", "LIMIT", /is more than 32768 instructions long/],
  [`${"(".repeat(101)}a${")".repeat(101)}`, "LIMIT", /nests groups deeper than 100/],
];

for (const [pattern, code, message] of refusals) {
  test(`the pattern ${JSON.stringify(pattern.slice(0, 20))} is refused with ${code}`, () => {
    assert.throws(() => pythonRegex(pattern, "adapter_config.json"), { code, message, file: "adapter_config.json" });
  });
}

for (const pattern of ["(a+)+$", "(a|a)*$", "(a*)*$", "(.*a){12}$", "((a+)+)+(?!b)$"]) {
  test(`${pattern} on 400 characters ends at once: no exponential backtracking`, () => {
    const began = performance.now();
    whole(`${pattern}x`, `${"a".repeat(400)}!`);
    assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`);
  });
}

test("a pattern that takes too many steps over all modules is refused with LIMIT", () => {
  const slow = pythonRegex(`(?:${".*a".repeat(500)})b`, "adapter_config.json", { maxVisits: 200_000 });
  assert.throws(() => slow.matchesWhole("a".repeat(1000)), { code: "LIMIT", message: /takes more than 200000 steps/ });
});

test("random patterns of the shared subset match exactly what JavaScript's RegExp matches", () => {
  const atom = fc.constantFrom("a", "b", "\\.", ".", "[ab]", "[^a]", "\\d", "\\w");
  const pattern = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie("node"), tie("node")).map(([x, y]) => x + y),
      fc.tuple(tie("node"), tie("node")).map(([x, y]) => `(${x}|${y})`),
      fc.tuple(tie("node"), fc.constantFrom("*", "+", "?", "{2}", "{1,2}", "*?")).map(([x, q]) => `(?:${x})${q}`),
      fc.tuple(tie("node"), tie("node")).map(([x, y]) => `(?=${x})${y}`),
      fc.tuple(tie("node"), tie("node")).map(([x, y]) => `(?!${x})${y}`),
    ),
  })).node;
  const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "1"), maxLength: 6 });
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      assert.equal(whole(p, t), new RegExp(`^(?:${p})$`, "u").test(t), `${p} on ${t}`);
      assert.equal(start(p, t), new RegExp(`^(?:${p})`, "u").test(t), `start of ${p} on ${t}`);
    }),
    { numRuns: 500 },
  );
});
