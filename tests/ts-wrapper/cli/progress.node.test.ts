import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { line, type Step, terminalProgress } from "../../../ts-wrapper/cli/progress.ts";

const step: Step = {
  phase: "merge",
  item: "model.layers.10.self_attn.q_proj.weight",
  done: 50,
  total: 100,
  bytes: 1_500_000,
  elapsedMs: 500,
  etaMs: 2500,
};

test("progress: a line tells phase, share, bytes, rate, time left and the end of the name, within the width", () => {
  const text = line(step, 0.5, 79);
  assert.ok(text.length <= 79, `${text.length}`);
  assert.match(text, /^merge {2}█{9}░{9} {2}50 % {3}1\.5 MB {5}3 MB\/s {2}3 s left {2}…\S*weight$/);
  for (let width = 0; width < 160; width++) assert.ok(line(step, 0.5, width).length <= width, String(width));
  assert.match(line({ ...step, etaMs: undefined, elapsedMs: 0 }, 0, 200), /–/);
});

test("progress: the share stays between 0 and 100 % whatever it is told", () => {
  assert.match(line(step, 7, 79), / 100 %/);
  assert.match(line(step, -1, 79), / {3}0 %/);
});

test("progress: a bar is drawn on the stream and its line cleared at the end", async () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let text = "";
  stream.on("data", (b: Buffer) => {
    text += b.toString();
  });
  const bar = terminalProgress(stream);
  bar.step(step);
  bar.step({ ...step, done: 60 });
  bar.stop();
  bar.stop();
  await new Promise((done) => setImmediate(done));
  assert.ok(text.includes("merge"), JSON.stringify(text));
  assert.ok(text.includes("\u001b[?25l") && text.includes("\u001b[?25h"), "the cursor is hidden and shown again");
  assert.ok(text.lastIndexOf("\u001b[2K") > text.lastIndexOf("merge"), "the line is cleared after the last bar");
});
