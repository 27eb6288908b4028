import assert from "node:assert/strict";
import { test } from "node:test";
import { LowrankError } from "../../../ts-wrapper/engine/errors.ts";
import { memorySource } from "../../../ts-wrapper/io/memory-source.ts";
import type { Shard } from "../../../ts-wrapper/io/model.ts";
import { readSafetensors } from "../../../ts-wrapper/io/safetensors.ts";
import { countingSource, failingSource } from "../../support/byte-sources.ts";
import { fixture } from "../../support/fixtures.ts";
import { type Rng, rng } from "../../support/rng.ts";
import { rawSafetensors, safetensorsFile } from "../../support/safetensors-file.ts";

const file = "a.safetensors";
const read = (bytes: Uint8Array): Promise<Shard> => readSafetensors(memorySource(bytes), { file });
const entry = (dtype: string, shape: string, begin: number, end: number): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

/** A header that is refused, with the code and the message it gets. */
async function refused(header: string, dataBytes: number, code: string, message: RegExp, tensor?: string): Promise<void> {
  await assert.rejects(read(rawSafetensors(header, dataBytes)), (error: LowrankError) => {
    assert.equal(error.code, code, `${header.slice(0, 100)}: ${error.message}`);
    assert.match(error.message, message);
    assert.match(error.message, /^a\.safetensors: /);
    assert.equal(error.file, file);
    if (tensor !== undefined) assert.equal(error.tensor, tensor);
    return true;
  });
}

test("the example's 48 tensors are read in the order of their offsets, with two reads and no weight", async () => {
  const bytes = await fixture("kjv-llama/base/model.safetensors");
  const source = countingSource(bytes);
  const shard = await readSafetensors(source, { file, shard: 3 });
  assert.equal(shard.tensors.length, 48);
  assert.deepEqual([...shard.metadata], [["format", "pt"]]);
  let at = shard.dataOffset;
  for (const t of shard.tensors) {
    assert.equal(t.offset, at);
    assert.equal(t.shard, 3);
    at += t.byteLength;
  }
  assert.equal(at, bytes.length);
  assert.deepEqual(shard.header, bytes.subarray(0, shard.dataOffset));
  assert.deepEqual(source.reads, [
    [0, 8],
    [0, shard.dataOffset],
  ]);
});

test("an empty file of tensors, scalars, empty tensors and trailing spaces are all right", async () => {
  assert.deepEqual((await read(rawSafetensors("{}"))).tensors, []);
  assert.deepEqual((await read(rawSafetensors("{}      "))).tensors, []);
  const shard = await read(
    rawSafetensors(`{"z":${entry("F32", "[0,7]", 0, 0)},"s":${entry("F32", "[]", 0, 4)},"e":${entry("U8", "[0]", 4, 4)}}`, 4),
  );
  assert.deepEqual(
    shard.tensors.map((t) => [t.name, t.shape, t.byteLength]),
    [
      ["z", [0, 7], 0],
      ["s", [], 4],
      ["e", [0], 0],
    ],
  );
});

test("entries may stand in any order; white space inside the header is free; an empty tensor may begin where another does", async () => {
  const shard = await read(rawSafetensors(`{ "b" : ${entry("U8", "[ 2 ]", 4, 6)} ,\n\t"a" : ${entry("F32", "[1]", 0, 4)} }`, 6));
  assert.deepEqual(
    shard.tensors.map((t) => t.name),
    ["a", "b"],
  );
  const empty = await read(rawSafetensors(`{"a":${entry("F32", "[1]", 0, 4)},"z":${entry("F32", "[0]", 0, 0)}}`, 4));
  assert.deepEqual(
    empty.tensors.map((t) => t.name),
    ["z", "a"],
  );
});

test("names are free text: empty, with a slash, __proto__, constructor", async () => {
  const names = ["", "a/b", "__proto__", "constructor", "漢"];
  const shard = await read(safetensorsFile(names.map((name) => ({ name }))));
  assert.deepEqual(
    shard.tensors.map((t) => t.name),
    names,
  );
  assert.equal(({} as { dtype?: string }).dtype, undefined);
});

test("1: the length and the header fit the file and the limit", async () => {
  for (const n of [0, 1, 7]) {
    await assert.rejects(read(new Uint8Array(n)), {
      code: "FORMAT",
      message: `a.safetensors: the file has ${n} bytes, a safetensors file has at least 8`,
    });
  }
  const sized = (length: bigint): Uint8Array => {
    const bytes = rawSafetensors("{}");
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };
  await assert.rejects(read(sized(3n)), {
    code: "FORMAT",
    message: /the header says 3 bytes, but the file has 2 after the length/,
  });
  await assert.rejects(read(sized(100_000_000n)), { code: "FORMAT" });
  for (const length of [100_000_001n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
    await assert.rejects(read(sized(length)), {
      code: "LIMIT",
      message: new RegExp(`the header says ${length} bytes, at most 100000000`),
    });
  }
  await assert.rejects(read(sized(0n)), { code: "FORMAT", message: /the header is empty, { was needed/ });
});

test("2: the header is UTF-8 and begins with {; only spaces follow the closing }", async () => {
  await refused(" {}", 0, "FORMAT", /starts with byte 0x20, { was needed/);
  await refused("[]", 0, "FORMAT", /starts with byte 0x5b/);
  await refused("\ufeff{}", 0, "FORMAT", /starts with byte 0xef/);
  for (const end of ["\n", "\t", "\0", "{}", "x", " \n "]) await refused(`{}${end}`, 0, "FORMAT", /./);
  await refused("{}\0", 0, "FORMAT", /nothing else behind it/);
  await refused('{} {"a":1}', 0, "FORMAT", /behind the end of the JSON value/);
  const bytes = rawSafetensors('{"x":1}');
  bytes[10] = 0xff;
  await assert.rejects(read(bytes), { code: "FORMAT", message: /not valid UTF-8/ });
});

test("3: duplicate keys are refused: tensors, fields and metadata, however they are written", async () => {
  const e = entry("U8", "[1]", 0, 1);
  await refused(`{"a":${e},"a":${e}}`, 1, "FORMAT", /the key "a" a second time/);
  await refused(`{"a":${e},"\\u0061":${e}}`, 1, "FORMAT", /the key "a" a second time/);
  await refused(`{"__metadata__":{},"a":${e},"__metadata__":{}}`, 1, "FORMAT", /the key "__metadata__" a second time/);
  await refused('{"__metadata__":{"k":"1","k":"2"}}', 0, "FORMAT", /the key "k" a second time/);
  await refused(
    '{"a":{"dtype":"U8","dtype":"F32","shape":[1],"data_offsets":[0,1]}}',
    1,
    "FORMAT",
    /the key "dtype" a second time/,
  );
  await refused(`{"__proto__":${e},"__proto__":${e}}`, 1, "FORMAT", /the key "__proto__" a second time/);
});

test("3: metadata is an object of strings", async () => {
  for (const value of ["1", "null", "true", '["a"]', '{"b":"c"}']) {
    await refused(`{"__metadata__":{"k":${value}}}`, 0, "FORMAT", /__metadata__ "k" is .*, a string was needed/);
  }
  for (const value of ["[]", '"x"', "null", "1"])
    await refused(`{"__metadata__":${value}}`, 0, "FORMAT", /an object of strings was needed/);
});

test("4: an entry has dtype, shape and data_offsets, of the right types, and nothing else", async () => {
  for (const value of ["1", "null", "[]", '"x"'])
    await refused(`{"a":${value}}`, 0, "FORMAT", /tensor "a" is .*, an object was needed/, "a");
  await refused('{"a":{}}', 0, "FORMAT", /tensor "a": dtype is missing, a string was needed/, "a");
  await refused('{"a":{"dtype":3,"shape":[],"data_offsets":[0,1]}}', 1, "FORMAT", /dtype is "3", a string was needed/, "a");
  await refused('{"a":{"dtype":"U8","data_offsets":[0,1]}}', 1, "FORMAT", /shape is missing, an array was needed/, "a");
  await refused('{"a":{"dtype":"U8","shape":[1]}}', 1, "FORMAT", /data_offsets is missing, an array was needed/, "a");
  await refused(
    '{"a":{"dtype":"U8","shape":{"0":1},"data_offsets":[0,1]}}',
    1,
    "FORMAT",
    /shape is an object, an array was needed/,
    "a",
  );
  await refused('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"stride":[1]}}', 1, "FORMAT", /unknown field "stride"/, "a");
  for (const offsets of ["[]", "[0]", "[0,1,1]"]) {
    await refused(
      `{"a":{"dtype":"U8","shape":[1],"data_offsets":${offsets}}}`,
      1,
      "FORMAT",
      /data_offsets has \d numbers, a begin and an end/,
      "a",
    );
  }
});

test("4: an unknown dtype is refused by name", async () => {
  for (const dtype of ["f32", "F33", "toString", "__proto__", ""]) {
    await refused(
      `{"a":${entry(dtype, "[1]", 0, 4)}}`,
      4,
      "FORMAT",
      new RegExp(`tensor "a" has the unknown dtype "${dtype}"; known are BOOL, F4, .*U64`),
      "a",
    );
  }
});

test("4: sizes and offsets are plain whole numbers: no 1e3, 1.0, -0, -1, string, null, 2^53 or beyond", async () => {
  for (const n of [
    "1e3",
    "1.0",
    "-0",
    "-1",
    '"1"',
    "null",
    "[1]",
    "true",
    "9007199254740992",
    "9007199254740993",
    "18446744073709551616",
    "1e400",
  ]) {
    await refused(
      `{"a":{"dtype":"U8","shape":[${n}],"data_offsets":[0,1]}}`,
      1,
      "FORMAT",
      /shape\[0\] is .*, an integer from 0 to 2\^53 - 1/,
      "a",
    );
    await refused(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[${n},1]}}`, 1, "FORMAT", /data_offsets\[0\] is/, "a");
    await refused(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,${n}]}}`, 1, "FORMAT", /data_offsets\[1\] is/, "a");
  }
  for (const n of ["01", "0x1", "+1", "NaN", "Infinity", "1n"]) {
    await refused(`{"a":{"dtype":"U8","shape":[${n}],"data_offsets":[0,1]}}`, 1, "FORMAT", /bad JSON/);
  }
});

test("5: tensors follow each other without a hole or an overlap, from the first byte to the last", async () => {
  const two = (a: [number, number], b: [number, number]): string =>
    `{"a":${entry("U8", `[${a[1] - a[0]}]`, ...a)},"b":${entry("U8", `[${b[1] - b[0]}]`, ...b)}}`;
  await refused(
    two([1, 4], [4, 8]),
    8,
    "FORMAT",
    /tensor "a" begins at byte 1 of the data and leaves a hole of 1 bytes after the start of the data; it has to begin at 0/,
    "a",
  );
  await refused(
    two([0, 3], [4, 8]),
    8,
    "FORMAT",
    /tensor "b" begins at byte 4 of the data and leaves a hole of 1 bytes after tensor "a"; it has to begin at 3/,
    "b",
  );
  await refused(
    two([0, 5], [4, 8]),
    8,
    "FORMAT",
    /tensor "b" begins at byte 4 of the data and overlaps 1 bytes of tensor "a"/,
    "b",
  );
  await refused(two([0, 8], [0, 8]), 8, "FORMAT", /overlaps 8 bytes/);
  await refused(two([0, 8], [2, 4]), 8, "FORMAT", /overlaps 6 bytes/);
  await refused(two([0, 4], [4, 8]), 9, "FORMAT", /1 bytes follow the last tensor/);
  await refused(two([0, 4], [4, 8]), 7, "FORMAT", /the tensors take 8 bytes, but only 7 follow the header/);
  await refused("{}", 1, "FORMAT", /1 bytes follow the last tensor/);
  await refused(
    `{"a":${entry("U8", "[2]", 0, 2)},"z":${entry("U8", "[0]", 1, 1)}}`,
    2,
    "FORMAT",
    /tensor "z" begins at byte 1 .* overlaps 1 bytes/,
    "z",
  );
  await refused(
    `{"a":${entry("U8", "[2]", 0, 2)},"z":${entry("U8", "[0]", 3, 3)}}`,
    2,
    "FORMAT",
    /tensor "z" begins at byte 3 .* hole/,
    "z",
  );
  await refused(
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}',
    1,
    "FORMAT",
    /data_offsets \[1, 0\] end before they begin/,
    "a",
  );
});

test("6: shape and dtype give the bytes that the offsets hold, without overflow", async () => {
  await refused(
    `{"a":${entry("F32", "[2,3]", 0, 20)}}`,
    20,
    "FORMAT",
    /data_offsets \[0, 20\] hold 20 bytes, but F32 \[2,3\] takes 24/,
    "a",
  );
  await refused(`{"a":${entry("F32", "[]", 0, 0)}}`, 0, "FORMAT", /hold 0 bytes, but F32 \[\] takes 4/, "a");
  await refused(`{"a":${entry("F4", "[3]", 0, 2)}}`, 2, "FORMAT", /12 bits, which do not fill whole bytes/, "a");
  await refused(`{"a":${entry("F32", "[4294967296,4294967296]", 0, 0)}}`, 0, "FORMAT", /more bits than 2\^53/, "a");
  await refused(`{"a":${entry("U8", "[9007199254740991]", 0, 0)}}`, 0, "FORMAT", /more bits than 2\^53/, "a");
  await refused(`{"a":${entry("U8", `[${Array(65).fill(1)}]`, 0, 1)}}`, 1, "LIMIT", /65 dimensions, at most 64/, "a");
  const shard = await read(
    rawSafetensors(
      `{"a":${entry("F4", "[4]", 0, 2)},"b":${entry("F6_E2M3", "[4]", 2, 5)},"c":${entry("C64", "[1]", 5, 13)}}`,
      13,
    ),
  );
  assert.deepEqual(
    shard.tensors.map((t) => t.byteLength),
    [2, 3, 8],
  );
});

test("nested headers end at the depth limit, in an entry, in metadata and at the top", async () => {
  const deep = "[".repeat(100_000);
  await refused(`{"a":${deep}}`, 0, "LIMIT", /deeper than 64/);
  await refused(`{"__metadata__":${'{"a":'.repeat(100_000)}}`, 0, "LIMIT", /deeper than 64/);
});

test("a hostile name is shown escaped and cut", async () => {
  await refused(`{"\\u001b[2J${"x".repeat(1000)}":1}`, 0, "FORMAT", /^a\.safetensors: tensor "\\u001b\[2Jx{100,160}…" is "1"/);
});

test("every prefix of a file is refused as FORMAT or LIMIT, and so is the file with a byte more", async () => {
  const whole = safetensorsFile(
    [
      { name: "a", dtype: "BF16", shape: [3, 2] },
      { name: "b", dtype: "F4", shape: [6] },
      { name: "s", shape: [] },
    ],
    new Map([["format", "pt"]]),
  );
  await read(whole);
  for (let n = 0; n < whole.length; n++) await assert.rejects(read(whole.slice(0, n)), isRefusal, `prefix of ${n} bytes`);
  const longer = new Uint8Array(whole.length + 1);
  longer.set(whole);
  await assert.rejects(read(longer), isRefusal);
});

test("every prefix of the smallest broken adapter's header is refused as FORMAT or LIMIT", async () => {
  const whole = await fixture("kjv-llama/adapters/lora-broken-missing-b/adapter_model.safetensors");
  const { dataOffset } = await read(whole);
  for (let n = 0; n < dataOffset; n += 7) await assert.rejects(read(whole.slice(0, n)), isRefusal, `prefix of ${n} bytes`);
});

const seed = Math.floor(Date.now() / 1000) % 1_000_000;
test("3000 random mutations of a header are read or refused as FORMAT or LIMIT, never anything else", async () => {
  console.log(`# seed of the mutations: ${seed}`);
  const next = rng(seed);
  const whole = safetensorsFile(
    [
      { name: "w.weight", shape: [2, 2] },
      { name: "b", dtype: "BF16", shape: [5] },
    ],
    new Map([["format", "pt"]]),
  );
  let refusals = 0;
  for (let i = 0; i < 3000; i++) {
    const bytes = mutate(whole, next);
    try {
      const shard = await read(bytes);
      const total = shard.tensors.reduce((sum, t) => sum + t.byteLength, shard.dataOffset);
      assert.equal(total, bytes.length, `mutation ${i} of seed ${seed} was read with a hole`);
    } catch (error) {
      assert.ok(isRefusal(error), `mutation ${i} of seed ${seed}: ${error}`);
      refusals++;
    }
  }
  assert.ok(refusals > 1500, `only ${refusals} of 3000 were refused`);
});

test("an error of the source passes through as it is", async () => {
  const bytes = safetensorsFile([{ name: "a" }]);
  for (const good of [0, 1]) {
    const broken = new LowrankError("NETWORK", "x", "gone");
    await assert.rejects(readSafetensors(failingSource(bytes, good, broken), { file }), broken);
  }
});

function isRefusal(error: unknown): boolean {
  return error instanceof LowrankError && (error.code === "FORMAT" || error.code === "LIMIT");
}

const tokens = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "-",
  "0",
  "9",
  "1e3",
  "null",
  "\\u0000",
  "F32",
  "U64",
  "dtype",
  "__metadata__",
  " ",
  "\0",
];

/** One to three bytes changed, removed, doubled or replaced by a token; the length at the front is put right half of the time. */
function mutate(whole: Uint8Array, next: Rng): Uint8Array {
  const dataOffset = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
  const list = Array.from(whole);
  let header = dataOffset - 8;
  for (let k = 1 + Math.floor(next() * 3); k > 0; k--) {
    const at = 8 + Math.floor(next() * header);
    const token = Array.from(new TextEncoder().encode(tokens[Math.floor(next() * tokens.length)]!));
    const kind = Math.floor(next() * 4);
    if (kind === 0) list[at] = Math.floor(next() * 256);
    else if (kind === 1) list.splice(at, 1);
    else if (kind === 2) list.splice(at, 0, ...token);
    else list.splice(at, token.length, ...token);
    header += kind === 1 ? -1 : kind === 2 ? token.length : 0;
  }
  const bytes = Uint8Array.from(list);
  if (next() < 0.7) new DataView(bytes.buffer).setBigUint64(0, BigInt(Math.max(0, header)), true);
  return bytes;
}
