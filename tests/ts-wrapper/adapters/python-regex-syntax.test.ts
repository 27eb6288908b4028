import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRegex } from "../../../ts-wrapper/adapters/python-regex-syntax.ts";

/** The form of a pattern: characters as c, anchors as @, the rest by structure. */
function form(pattern: string): string {
  const show = (node: ReturnType<typeof parseRegex>): string => {
    if (node.kind === "one") return "c";
    if (node.kind === "at") return "@";
    if (node.kind === "all") return node.items.map(show).join("");
    if (node.kind === "any") return `(${node.items.map(show).join("|")})`;
    if (node.kind === "ahead") return `(?${node.negated ? "!" : "="}${show(node.item)})`;
    return `{${show(node.item)}:${node.min}-${node.max === Number.POSITIVE_INFINITY ? "" : node.max}}`;
  };
  return show(parseRegex(pattern, "f"));
}

const forms: readonly (readonly [pattern: string, form: string])[] = [
  ["", ""],
  ["ab", "cc"],
  ["a|b|", "(c|c|)"],
  ["a*b+c?", "{c:0-}{c:1-}{c:0-1}"],
  ["a*?b+?", "{c:0-}{c:1-}"],
  ["a{2}b{2,}c{,3}d{1,2}", "{c:2-2}{c:2-}{c:0-3}{c:1-2}"],
  ["a{}b{x}", "ccccccc"],
  ["a{,}", "{c:0-}"],
  ["(a|b)(?:c)(?P<n>d)", "(c|c)cc"],
  ["(?=a)(?!b)", "(?=c)(?!c)"],
  ["^\\A\\b\\B\\Z$", "@@@@@@"],
  ["[a-z]\\d\\.\\\\", "cccc"],
  ["a(?#note)b", "cc"],
];

for (const [pattern, expected] of forms) {
  test(`${JSON.stringify(pattern)} is parsed as ${expected}`, () => {
    assert.equal(form(pattern), expected);
  });
}

/** What one character class or escape takes of a few characters. */
function takes(pattern: string): string {
  const node = parseRegex(pattern, "f");
  const [one] = node.kind === "all" ? node.items : [node];
  if (one?.kind !== "one") throw new Error(pattern);
  return [..."azAZ09_-. \n]^é٣\u001c\ufeff"].filter((c) => one.test(c.codePointAt(0)!)).join("");
}

const sets: readonly (readonly [pattern: string, taken: string])[] = [
  [".", "azAZ09_-. ]^é٣\u001c\ufeff"],
  ["\\d", "09٣"],
  ["\\w", "azAZ09_é٣"],
  ["\\s", " \n\u001c"],
  ["[a-z]", "az"],
  ["[^a-zA-Z]", "09_-. \n]^é٣\u001c\ufeff"],
  ["[]^]", "]^"],
  ["[a-]", "a-"],
  ["[-a]", "a-"],
  ["[\\]\\-\\d]", "09-]٣"],
  ["[\\n]", "\n"],
];

for (const [pattern, taken] of sets) {
  test(`${JSON.stringify(pattern)} takes exactly what it takes in Python`, () => {
    assert.equal(takes(pattern), taken);
  });
}
