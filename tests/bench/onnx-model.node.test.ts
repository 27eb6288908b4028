import assert from "node:assert/strict";
import { test } from "node:test";
import { onnxModel } from "../../bench/peers/onnx-model.ts";

type Field = { readonly number: number; readonly value: number | Uint8Array };

/** The fields of a message in protobuf's wire format. */
function fields(bytes: Uint8Array): Field[] {
  const out: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte % 128) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = tag >> 3;
    switch (tag & 7) {
      case 0:
        out.push({ number, value: varint() });
        break;
      case 2: {
        const length = varint();
        assert.ok(at + length <= bytes.length, "a field ends inside its message");
        out.push({ number, value: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      case 5:
        out.push({ number, value: new DataView(bytes.buffer, bytes.byteOffset + at).getFloat32(0, true) });
        at += 4;
        break;
      default:
        assert.fail(`wire type ${tag & 7}`);
    }
  }
  return out;
}

const all = (message: readonly Field[], number: number) => message.filter((f) => f.number === number).map((f) => f.value);
const inside = (message: readonly Field[], number: number): Field[][] => all(message, number).map((v) => fields(v as Uint8Array));
const words = (values: readonly (number | Uint8Array)[]): string[] =>
  values.map((v) => new TextDecoder().decode(v as Uint8Array));

test("onnx model: one node with operands, attributes, shapes and raw constants, in the fields of onnx.proto", () => {
  const data = new Float32Array([1.5, -2, 3, 4, 5, 300]);
  const bytes = onnxModel({
    op: "Gemm",
    operands: ["x", "w"],
    attributes: { alpha: 0.5, transB: 1n },
    inputs: [{ name: "x", type: "f32", shape: [300, 3] }],
    initializers: [{ name: "w", type: "f32", shape: [2, 3], data }],
    output: { name: "y", type: "f64", shape: [300, 2] },
  });
  const model = fields(bytes);
  assert.deepEqual(all(model, 1), [8]);
  assert.deepEqual(all(inside(model, 8)[0]!, 2), [17]);
  const graph = inside(model, 7)[0]!;
  const node = inside(graph, 1)[0]!;
  assert.deepEqual([words(all(node, 1)), words(all(node, 2)), words(all(node, 4))], [["x", "w"], ["y"], ["Gemm"]]);
  const [alpha, transB] = inside(node, 5);
  assert.deepEqual([words(all(alpha!, 1)), all(alpha!, 2), all(alpha!, 20)], [["alpha"], [0.5], [1]]);
  assert.deepEqual([words(all(transB!, 1)), all(transB!, 3), all(transB!, 20)], [["transB"], [1], [2]]);
  const weight = inside(graph, 5)[0]!;
  assert.deepEqual([all(weight, 1), all(weight, 2), words(all(weight, 8))], [[2, 3], [1], ["w"]]);
  assert.deepEqual(all(weight, 9)[0], new Uint8Array(data.buffer));
  const shapeOf = (value: Field[]): unknown[] => {
    const tensor = inside(inside(value, 2)[0]!, 1)[0]!;
    return [words(all(value, 1))[0], all(tensor, 1)[0], ...inside(inside(tensor, 2)[0]!, 1).map((dim) => all(dim, 1)[0])];
  };
  assert.deepEqual(inside(graph, 11).map(shapeOf), [["x", 1, 300, 3]]);
  assert.deepEqual(inside(graph, 12).map(shapeOf), [["y", 11, 300, 2]]);
});

test("onnx model: an operator of another domain names it, and the model imports its version 1; signed bytes are type 3", () => {
  const data = new Int8Array([1, -2]);
  const model = fields(
    onnxModel({
      op: "DynamicQuantizeMatMul",
      domain: "com.microsoft",
      operands: ["x", "w"],
      inputs: [{ name: "x", type: "f32", shape: [1, 2] }],
      initializers: [{ name: "w", type: "i8", shape: [2, 1], data }],
      output: { name: "y", type: "f32", shape: [1, 1] },
    }),
  );
  assert.deepEqual(
    inside(model, 8).map((set) => [words(all(set, 1))[0], all(set, 2)[0]]),
    [["", 17], ["com.microsoft", 1]],
  ); // biome-ignore format: a table
  const graph = inside(model, 7)[0]!;
  assert.deepEqual(words(all(inside(graph, 1)[0]!, 7)), ["com.microsoft"]);
  assert.deepEqual(all(inside(graph, 5)[0]!, 2), [3]);
});
