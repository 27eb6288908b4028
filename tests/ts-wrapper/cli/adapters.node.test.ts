import assert from "node:assert/strict";
import { test } from "node:test";
import { isUrl, parseAdapter } from "../../../ts-wrapper/cli/adapters.ts";

function parse(text: string, ...there: string[]): { source: string; weight: number } {
  return parseAdapter(text, "--adapter", (path) => there.includes(path));
}

test("adapters: a path alone has weight 1, a number behind = is the weight", () => {
  const cases: [string, string, number][] = [
    ["lora", "lora", 1],
    ["lora=0.7", "lora", 0.7],
    ["lora=-0.25", "lora", -0.25],
    ["lora=+2", "lora", 2],
    ["lora=1e-3", "lora", 0.001],
    ["lora=.5", "lora", 0.5],
    ["lora=0", "lora", 0],
    ["./a/b c/lora=2", "./a/b c/lora", 2],
    ["C:\\adapters\\lora=0.5", "C:\\adapters\\lora", 0.5],
    ["C:\\adapters\\lora", "C:\\adapters\\lora", 1],
  ];
  for (const [text, source, weight] of cases) assert.deepEqual(parse(text), { source, weight }, text);
});

test("adapters: a name with = in it that exists is a path; one more = gives it a weight", () => {
  assert.deepEqual(parse("run=8", "run=8"), { source: "run=8", weight: 1 });
  assert.deepEqual(parse("run=8", "run"), { source: "run", weight: 8 });
  assert.deepEqual(parse("run=8=0.5", "run=8"), { source: "run=8", weight: 0.5 });
  assert.deepEqual(parse("lr=1e-4/r=16"), { source: "lr=1e-4/r", weight: 16 });
  assert.deepEqual(parse("lr=1e-4/last"), { source: "lr=1e-4/last", weight: 1 });
});

test("adapters: a parameter of a URL is no weight", () => {
  const url = "https://models.example/lora?revision=3";
  assert.ok(isUrl(url) && !isUrl("C:\\x") && !isUrl("c:/x"));
  assert.deepEqual(parse(url), { source: url, weight: 1 });
  assert.deepEqual(parse(`${url}=0.5`), { source: url, weight: 0.5 });
  assert.deepEqual(parse(`${url}&download=1`), { source: `${url}&download=1`, weight: 1 });
  assert.deepEqual(parse("https://models.example/lora=0.5"), { source: "https://models.example/lora", weight: 0.5 });
});

test("adapters: text where a weight belongs is refused when the path before it exists", () => {
  for (const text of ["lora=half", "lora=", "lora=1e999", "lora=NaN", "lora=0,5"]) {
    assert.throws(
      () => parse(text, "lora"),
      {
        code: "USAGE",
        file: "lora",
        message: /^--adapter: the weight of lora is ".*", a finite number was needed, as in lora=0\.7$/,
      },
      text,
    );
  }
  assert.deepEqual(parse("lora=half"), { source: "lora=half", weight: 1 });
});

test("adapters: an empty path is refused", () => {
  for (const text of ["", " ", "=0.5"])
    assert.throws(() => parse(text), { code: "USAGE", message: /the path of an adapter was needed/ }, text);
});
