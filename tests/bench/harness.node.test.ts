import assert from "node:assert/strict";
import { test } from "node:test";
import type { Contestant } from "../../bench/bench.ts";
import { type Entrant, limitOf, measurePoint, type Outcome } from "../../bench/harness.ts";
import type { Yardstick } from "../../ts-wrapper/cli/yardstick.ts";

const pace = { budget: 0.02, warmUp: 0.001 };
/** The error is what the contestant gives as its result. */
const work = {
  name: "fake",
  dtype: "f32",
  check: (_: unknown, result: unknown) => result as number,
  work: () => ({ flops: 1e6, bytes: 4000 }),
} as const;

const entrant = (name: string, contestant: Contestant, yardstick?: Yardstick): Entrant => ({
  who: { name, version: "1", build: "", threads: 1 },
  contestant,
  ...(yardstick ? { yardstick } : {}),
});

const measure = (...entrants: Entrant[]): Promise<Outcome> => measurePoint(work, { n: 1 }, {}, entrants, pace);

const busy = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end; );
};

test("harness: a right result gets a time and its error, a wrong one an error and no time", async () => {
  const { rows } = await measure(
    entrant("right", { step() {}, result: () => 0.5 }),
    entrant("wrong", { step() {}, result: () => 1.01 }),
    entrant("not a number", { step() {}, result: () => Number.NaN }),
    entrant("later", { step() {}, result: async () => 0.25 }),
  );
  assert.deepEqual(
    rows.map((r) => [r.who.name, r.error, r.seconds !== undefined]),
    [
      ["right", 0.5, true],
      ["wrong", 1.01, false],
      ["not a number", null, false],
      ["later", 0.25, true],
    ],
  );
});

test("harness: a result that is wrong only after the samples gets no time either, and the worse error of two right ones is told", async () => {
  let asked = 0;
  let other = 0;
  const { rows } = await measure(
    entrant("drifts", { step() {}, result: () => (asked++ ? 2 : 0) }),
    entrant("varies", { step() {}, result: () => (other++ ? 0.1 : 0.3) }),
  );
  assert.deepEqual(
    rows.map((r) => [r.error, r.seconds !== undefined]),
    [
      [2, false],
      [0.3, true],
    ],
  );
});

test("harness: operands are put back before each check, and the check sees one step", async () => {
  let value = 7;
  const { rows } = await measure(
    entrant("adds", {
      step() {
        value++;
      },
      result: () => (value === 1 ? 0 : 9),
      reset() {
        value = 0;
      },
    }),
  );
  assert.equal(rows[0]!.error, 0);
});

test("harness: who throws is out and named, at the start or in the middle; the others go on", async () => {
  let steps = 0;
  const broken = new Error("broken");
  const fail = (): never => {
    throw broken;
  };
  const { rows, thrown } = await measure(
    entrant("first", { step: fail, result: () => 0 }),
    entrant("later", { step: () => (++steps > 40 ? fail() : undefined), result: () => 0 }),
    entrant("fine", { step() {}, result: () => 0 }),
  );
  assert.deepEqual(
    thrown.map((t) => [t.entrant.who.name, t.error]),
    [
      ["first", broken],
      ["later", broken],
    ],
  );
  assert.deepEqual(
    rows.map((r) => r.who.name),
    ["fine"],
  );
});

test("harness: contestants take turns, and the order turns around from round to round", async () => {
  const order: string[] = [];
  const slow = (name: string): Contestant => ({
    step() {
      order.push(name);
      busy(4);
    },
    result: () => 0,
  });
  await measure(entrant("a", slow("a")), entrant("b", slow("b")));
  const text = order.join("");
  assert.match(text, /abba/, text);
});

test("harness: each has at least three samples, and fewer when it is slower", async () => {
  const entrants = [
    entrant("slow", { step: () => busy(80), result: () => 0 }),
    entrant("fast", { step: () => busy(0.5), result: () => 0 }),
  ];
  const { rows } = await measurePoint(work, { n: 1 }, {}, entrants, { ...pace, budget: 0.2 });
  const [slow, fast] = rows.map((r) => r.seconds!.samples + (r.disturbed ?? 0));
  assert.equal(slow, 3);
  assert.ok(fast! > 3, `${fast}`);
});

test("harness: another process's clock and check are believed", async () => {
  const { rows } = await measure(
    entrant("far", {
      step() {},
      result: () => Promise.reject(new Error("stays there")),
      sample: async () => 0.5,
      error: async () => 0.125,
    }),
  );
  assert.deepEqual([rows[0]!.seconds?.median, rows[0]!.error], [0.5, 0.125]);
});

test("harness: the library's samples have the yardstick's beside them, asked for the bytes of the work", async () => {
  const asked: (string | number)[] = [];
  const yardstick = {
    flops(dtype: string) {
      asked.push(dtype);
      return 1e9;
    },
    bytes(n: number) {
      asked.push(n);
      return 1e9;
    },
  } as unknown as Yardstick;
  const { rows } = await measure(
    entrant("lowrank", { step: () => busy(2), result: () => 0 }, yardstick),
    entrant("peer", { step() {}, result: () => 0 }),
  );
  const { limit, seconds } = rows[0]!;
  assert.deepEqual([limit?.flops, limit?.bytes, limit?.by], [1e9, 1e9, "arithmetic"]);
  assert.ok(Math.abs(limit!.share - 0.001 / seconds!.median) < 0.2 * limit!.share);
  assert.deepEqual(new Set(asked), new Set(["f32", 4000]));
  assert.equal(rows[1]!.limit, undefined);
});

test("harness: the limit is the one that takes longer, its share the median over the samples", () => {
  const pairs = [1, 2, 4].map((seconds) => ({ seconds, limit: { flops: 100, bytes: 10 } }));
  assert.deepEqual(limitOf(pairs, { flops: 50, bytes: 10 }), { flops: 100, bytes: 10, share: 0.5, by: "memory" });
  assert.deepEqual(limitOf(pairs, { flops: 150 }), { flops: 100, share: 0.75, by: "arithmetic" });
  assert.equal(limitOf([{ seconds: 1, limit: undefined }], { flops: 1 }), undefined);
});
