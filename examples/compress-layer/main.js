// node main.js <model folder> <tensor> <out.svg>: how well a layer's weights are held by factors of a smaller rank.
import { writeFile } from "node:fs/promises";
import { createEngine, openModel, randomizedSvdStreamed, svd, truncate } from "lowrank";

const [folder, name, out] = process.argv.slice(2);
if (!folder || !name || !out) throw new Error("usage: node main.js <model folder> <tensor> <out.svg>");

const model = await openModel(folder);
const tensor = model.tensors.get(name);
if (tensor?.dtype !== "BF16" || tensor.shape.length !== 2) throw new Error(`${name} is no matrix of type BF16`);
const [rows, cols] = tensor.shape;

/** A bf16 is the upper half of a float32. */
const source = {
  rows,
  cols,
  dtype: "f32",
  async readRows(i0, i1) {
    const { source, dataOffset } = model.shards[tensor.shard];
    const bytes = await source.read(dataOffset + tensor.offset + i0 * cols * 2, (i1 - i0) * cols * 2);
    const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    return new Float32Array(Uint32Array.from(halves, (h) => h << 16).buffer);
  },
};

const engine = await createEngine();
const whole = svd(engine, { rows, cols, data: await source.readRows(0, rows) });
const norm = Math.hypot(...whole.s);
const errors = Array.from(whole.s, (_, rank) => truncate(whole, { rank }).error.frobenius / norm);

console.log(`${name}: ${rows}×${cols}`);
for (const energy of [0.5, 0.9, 0.99]) {
  const { rank, error } = truncate(whole, { energy });
  const size = (rank * (rows + cols)) / (rows * cols);
  console.log(
    `rank ${rank} holds ${100 * energy} % of Σσ², is off by ${(error.frobenius / norm).toFixed(3)}, and takes ${(100 * size).toFixed(0)} % of the room`,
  );
}

// The same from the file, tile by tile, without the matrix ever being in memory.
const rank = 16;
const streamed = await randomizedSvdStreamed(engine, source, { rank, powerIterations: 4 });
const off = Math.max(...streamed.s.map((x, i) => Math.abs(x / whole.s[i] - 1)));
console.log(`streamed: the first ${rank} singular values are right to ${(100 * off).toFixed(2)} %`);
engine[Symbol.dispose]();
await model.close();

const [width, height, left, bottom] = [640, 360, 50, 40];
const x = (k) => left + (k / errors.length) * (width - left - 20);
const y = (e) => 20 + (1 - e) * (height - bottom - 20);
const even = (rows * cols) / (rows + cols); // above this rank the factors take more room than the matrix
const ticks = [0, 0.25, 0.5, 0.75, 1].map((e) => `<text x="${left - 8}" y="${y(e) + 4}" text-anchor="end">${e}</text>`);
const ranks = [0, 1, 2, 3, 4]
  .map((i) => Math.round((i * errors.length) / 4))
  .map((k) => `<text x="${x(k)}" y="${height - 20}" text-anchor="middle">${k}</text>`);
await writeFile(
  out,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#444">
<rect width="${width}" height="${height}" fill="#fff"/>
<path d="M${left},20 V${y(0)} H${width - 20}" fill="none" stroke="#999"/>
<path d="M${x(even).toFixed(1)},20 V${y(0)}" stroke="#c33" stroke-dasharray="4 4"/>
<text x="${(x(even) + 6).toFixed(1)}" y="34" fill="#c33">no room saved from rank ${Math.floor(even)} on</text>
<polyline points="${[...errors, 0].map((e, k) => `${x(k).toFixed(1)},${y(e).toFixed(1)}`).join(" ")}" fill="none" stroke="#0a6ebd" stroke-width="2"/>
${[...ticks, ...ranks].join("\n")}
<text x="${width / 2}" y="${height - 4}" text-anchor="middle">rank kept of ${name}; upward: ‖W − U·S·Vᵀ‖/‖W‖</text>
</svg>
`,
);
