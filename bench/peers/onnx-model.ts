// A writer of ONNX models of one node: the few messages of onnx.proto that such a model has, in protobuf's wire format.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

export type OnnxType = "f32" | "f64" | "i8";

const typeNumbers: Readonly<Record<OnnxType, number>> = { f32: 1, f64: 11, i8: 3 };
const IR_VERSION = 8;
const OPSET = 17;

export interface ValueInfo {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
}

export interface Initializer extends ValueInfo {
  readonly data: Float32Array | Float64Array | Int8Array;
}

export interface OneNodeModel {
  readonly op: string;
  /** Of the operator, where it is not ONNX's own: `com.microsoft`. */
  readonly domain?: string;
  /** Names of inputs and initializers, in the order of the operator. */
  readonly operands: readonly string[];
  /** Numbers become FLOAT, bigints INT. */
  readonly attributes?: Readonly<Record<string, number | bigint>>;
  readonly inputs: readonly ValueInfo[];
  readonly initializers?: readonly Initializer[];
  readonly output: ValueInfo;
}

type Part = Uint8Array | readonly number[];

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return [...out, rest];
}

const sizeOf = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + part.length, 0);
const integer = (field: number, value: number): Part[] => [varint(field * 8), varint(value)];
/** A length-delimited field: bytes, or a message of parts. */
const message = (field: number, parts: readonly Part[]): Part[] => [varint(field * 8 + 2), varint(sizeOf(parts)), ...parts];
const text = (field: number, value: string): Part[] => message(field, [new TextEncoder().encode(value)]);
const float = (field: number, value: number): Part[] => [varint(field * 8 + 5), new Uint8Array(new Float32Array([value]).buffer)];

function attribute(name: string, value: number | bigint): Part[] {
  const [content, type] = typeof value === "bigint" ? [integer(3, Number(value)), 2] : [float(2, value), 1];
  return message(5, [...text(1, name), ...content, ...integer(20, type)]);
}

function valueInfo(field: number, { name, type, shape }: ValueInfo): Part[] {
  const dims = shape.flatMap((size) => message(1, integer(1, size)));
  const tensor = [...integer(1, typeNumbers[type]), ...message(2, dims)];
  return message(field, [...text(1, name), ...message(2, message(1, tensor))]);
}

function initializer({ name, type, shape, data }: Initializer): Part[] {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message(5, [
    ...shape.flatMap((size) => integer(1, size)),
    ...integer(2, typeNumbers[type]),
    ...text(8, name),
    ...message(9, [raw]),
  ]);
}

/** The model's bytes. */
export function onnxModel({
  op,
  domain = "",
  operands,
  attributes = {},
  inputs,
  initializers = [],
  output,
}: OneNodeModel): Uint8Array<ArrayBuffer> {
  const node = message(1, [
    ...operands.flatMap((name) => text(1, name)),
    ...text(2, output.name),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => attribute(name, value)),
    ...(domain ? text(7, domain) : []),
  ]);
  const graph = message(7, [
    ...node,
    ...text(2, op),
    ...initializers.flatMap(initializer),
    ...inputs.flatMap((value) => valueInfo(11, value)),
    ...valueInfo(12, output),
  ]);
  const parts = [...integer(1, IR_VERSION), ...graph, ...message(8, [...text(1, ""), ...integer(2, OPSET)])];
  if (domain) parts.push(...message(8, [...text(1, domain), ...integer(2, 1)]));
  const bytes = new Uint8Array(sizeOf(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
