import { decodeValues } from "../../adapters/merge/decode.ts";
import { createEngine } from "../../engine/create.ts";
import type { Engine, Floats } from "../../engine/engine.ts";
import { LowrankError } from "../../engine/errors.ts";
import type { Model, TensorInfo } from "../../io/model.ts";
import { show } from "../../io/show.ts";
import type { Matrix } from "../../linalg/matrix.ts";
import { randomizedSvd } from "../../linalg/randomized-svd.ts";
import { svd as decompose, type Svd, type SvdMethod, svdMethods } from "../../linalg/svd.ts";
import { type Decomposed, truncate } from "../../linalg/truncate.ts";
import { type Command, defineCommand, type Values } from "../command.ts";
import { Inputs } from "../inputs.ts";
import { defined } from "../merge-options.ts";
import { lineChart } from "../plot/line-chart.ts";
import { energyOf } from "../product-spectrum.ts";
import { renderSvd } from "../render/svd.ts";
import { errorCurve, rankOf, spectrumFacts } from "../spectrum.ts";
import { parseCount, parseShare, parseText } from "../values.ts";
import { refuseInput, writeFile, writeSafetensors } from "../write-file.ts";

const options = {
  rank: {
    flag: "-r, --rank",
    value: "n",
    description: "keep the n largest singular values",
    defaultText: "all",
    parse: parseCount,
  },
  energy: {
    flag: "--energy",
    value: "share",
    description: "keep as many as hold this share of Σσ², such as 99%; with --rank the fewer of both",
    parse: parseShare,
  },
  method: {
    flag: "--method",
    value: [...svdMethods, "randomized"].join("|"),
    choices: [...svdMethods, "randomized"],
    description:
      "auto takes the faster of bidiagonal and jacobi; jacobi has the smallest values right, too; randomized needs --rank and is the fastest where that is small",
    default: svdMethods[0],
  },
  dtype: {
    flag: "--dtype",
    value: "f32|f64",
    choices: ["f32", "f64"] as const,
    description: "type that is computed with and written",
    default: "f64" as const,
  },
  slice: {
    flag: "--slice",
    value: "i",
    description: "of a tensor with three or more dimensions the i-th matrix (from 1) along the first, such as one expert",
    defaultText: "the first dimension × all others, as for a convolution",
    parse: parseCount,
  },
  out: {
    flag: "-o, --out",
    value: "file",
    description: "write the factors as u (m × k), s (k) and vt (k × n) to this .safetensors file",
    parse: parseText,
    group: "Result",
  },
  plot: {
    flag: "--plot",
    value: "file",
    description: "draw singular values, and the error that is left at each rank, to this .svg file",
    parse: parseText,
    group: "Result",
  },
} as const;

export const svd: Command = defineCommand({
  name: "svd",
  summary: "take a tensor apart into singular values and vectors",
  details:
    "Tells norms, condition, ranks (numerical, stable ‖W‖²/σ₁², effective) and which rank holds how much of Σσ². " +
    "The error of the best matrix of rank r is √(Σσ² beyond r), so the plot is what any low-rank method can reach at most.",
  arguments: { model: "a model: a folder, a file or a URL", tensor: "the name of a tensor in it" },
  options,
  examples: [
    { line: "lowrank svd ./base model.layers.0.mlp.up_proj.weight", what: "the spectrum in numbers" },
    { line: "lowrank svd ./base lm_head.weight --energy 99% -o head.safetensors", what: "factors that hold 99 % of it" },
    { line: "lowrank svd ./base lm_head.weight -r 64 --method randomized --plot head.svg", what: "the leading part, drawn" },
  ],
  async run({ args, options: given, signal, progress }) {
    if (given.method === "randomized" && given.rank === undefined)
      throw new LowrankError("USAGE", "--method", "is randomized, which needs to know how many values; give --rank");
    await using inputs = new Inputs(signal);
    const model = await inputs.model(args.model);
    const info = tensorOf(model, args.tensor);
    for (const path of [given.out, given.plot]) if (path !== undefined) await refuseInput(path, model);
    const start = performance.now();
    const { matrix, of } = await matrixOf(model, info, given);
    signal.throwIfAborted();
    await using engine = await createEngine(defined({ threads: given.threads, math: given.math }));
    const found = decomposition(engine, matrix, given);
    signal.throwIfAborted();
    const values = Float64Array.from(found.s);
    const energy = found.complete ? energyOf(values) : energyOf(Float64Array.from(matrix.data));
    const kept = Math.min(given.rank ?? values.length, enough(values, given.energy, energy));
    const errors = errorCurve(values, energy);
    const facts = {
      model: model.name,
      tensor: info.name,
      dtype: info.dtype,
      shape: info.shape,
      rows: matrix.rows,
      cols: matrix.cols,
      of,
      method: found.method,
      computedIn: given.dtype,
      milliseconds: Math.round(performance.now() - start),
      ...spectrumFacts(values, [matrix.rows, matrix.cols], given.dtype, energy),
      kept,
      error: kept > 0 ? errors[kept - 1]! : 1,
      singularValues: Array.from(values.subarray(0, given.method === "randomized" ? kept : values.length)),
    };
    progress.stop();
    if (given.out !== undefined) await writeFactors(given.out, found, kept, facts);
    if (given.plot !== undefined)
      await writeFile(given.plot, new TextEncoder().encode(plotOf(facts.tensor, values, errors, kept)));
    const written = [given.out, given.plot].filter((path) => path !== undefined);
    return { json: { svd: { ...facts, written } }, text: (colors) => renderSvd({ ...facts, written }, colors) };
  },
});

type Given = Values<typeof options>;

/** Throws NOT_FOUND with names that look like the one that was given. */
function tensorOf(model: Model, name: string): TensorInfo {
  const found = model.tensors.get(name);
  if (found) return found;
  const parts = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const score = (other: string): number => parts.filter((p) => other.toLowerCase().includes(p)).length;
  const near = [...model.tensors.keys()].sort((a, b) => score(b) - score(a)).slice(0, 3);
  const text = `there is no tensor ${show(name)}; near are ${near.map(show).join(", ")} (lowrank inspect --tensors lists all)`;
  throw new LowrankError("NOT_FOUND", model.name, text, { file: model.name, tensor: name });
}

/** The tensor as a matrix, and in words how it became one. */
async function matrixOf(model: Model, info: TensorInfo, given: Given): Promise<{ matrix: Matrix; of: string | undefined }> {
  const { name, dtype, shape, offset, byteLength, shard } = info;
  const about = { file: model.name, tensor: name };
  const refused = (code: "SHAPE" | "USAGE", text: string): LowrankError => new LowrankError(code, show(name), text, about);
  const [first = 0, ...others] = shape;
  const rest = others.reduce((a, b) => a * b, 1);
  if (shape.length < 2) throw new LowrankError("USAGE", show(name), `its shape is [${shape}], a matrix was needed`, about);
  if (given.slice !== undefined && shape.length < 3)
    throw refused("USAGE", `its shape is [${shape}], --slice is for three dimensions or more`);
  if (given.slice !== undefined && given.slice > first) throw refused("USAGE", `--slice is ${given.slice}, it has ${first}`);
  const [rows = 0, ...columns] = given.slice === undefined ? shape : others;
  const cols = columns.reduce((a, b) => a * b, 1);
  const part = given.slice === undefined ? byteLength : byteLength / first;
  const bytes = await model.shards[shard]!.source.read(offset + (given.slice === undefined ? 0 : (given.slice - 1) * part), part);
  const values = decodeValues(bytes, dtype);
  const matrix = { rows, cols, data: given.dtype === "f32" ? Float32Array.from(values) : values };
  if (given.slice !== undefined) return { matrix, of: `matrix ${given.slice} of ${first}` };
  return { matrix, of: shape.length > 2 ? `[${shape}] as ${first} × ${rest}` : undefined };
}

interface Found {
  readonly u?: Matrix;
  readonly s: Floats;
  readonly vt?: Matrix;
  /** What `auto` came to, or what was asked for. */
  readonly method: string;
  /** All singular values are there. */
  readonly complete: boolean;
}

function decomposition(engine: Engine, matrix: Matrix, given: Given): Found {
  const least = Math.min(matrix.rows, matrix.cols);
  if (given.method === "randomized") {
    const rank = Math.min(given.rank ?? least, least);
    return { ...randomizedSvd(engine, matrix, { rank }), method: given.method, complete: rank === least };
  }
  const method = given.method as SvdMethod;
  if (given.out === undefined) return { ...decompose(engine, matrix, { method, vectors: "none" }), complete: true };
  return { ...(decompose(engine, matrix, { method }) as Svd), complete: true };
}

/** How many values hold a share of the energy; all where none is asked for. */
function enough(values: Float64Array, share: number | undefined, energy: number): number {
  if (share === undefined) return values.length;
  return rankOf(values, share * energy) ?? values.length;
}

async function writeFactors(path: string, found: Found, kept: number, facts: Readonly<Record<string, unknown>>): Promise<void> {
  const { u, s, vt } = truncate(found as Decomposed, { rank: kept });
  const dtype = s instanceof Float32Array ? "F32" : "F64";
  const bytes = (data: Floats): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const tensors = [
    { name: "u", dtype, shape: [u.rows, kept], bytes: bytes(u.data) },
    { name: "s", dtype, shape: [kept], bytes: bytes(s) },
    { name: "vt", dtype, shape: [kept, vt.cols], bytes: bytes(vt.data) },
  ] as const;
  const told = ["model", "tensor", "method", "error"].map((key) => [key, String(facts[key])] as const);
  await writeSafetensors(path, tensors, new Map([["format", "lowrank svd: tensor = u · diag(s) · vt"], ...told]));
}

function plotOf(tensor: string, values: Float64Array, errors: Float64Array, kept: number): string {
  return lineChart({
    title: tensor,
    x: "rank",
    curves: [
      { label: "singular value", y: values },
      { label: "relative error ‖W − Wᵣ‖ / ‖W‖", y: errors },
    ],
    marks: kept < values.length ? [{ x: kept, label: `kept ${kept}` }] : [],
  });
}
