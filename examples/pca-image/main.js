// node main.js <picture.png> <components> <out.png>: a picture from the few principal components of its rows.
import { readFile, writeFile } from "node:fs/promises";
import { createEngine, gemm, incrementalSvd } from "lowrank";
import { readPng, writePng } from "./png.js";

const [from, components, to] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
if (!from || !to || !(components >= 1)) throw new Error("usage: node main.js <picture.png> <components> <out.png>");

const picture = readPng(await readFile(from));
const { height: rows, pixels } = picture;
const cols = picture.width * picture.channels;
const engine = await createEngine();

// Rows are samples. They could come in many batches, from pictures that do not fit into memory together.
const pca = incrementalSvd(engine, { rank: components });
pca.update({ rows, cols, data: Float32Array.from(pixels) });
const { vt, mean, explainedVarianceRatio } = pca.result();

// Each row becomes its coordinates along the components, and comes back from them.
const centred = { rows, cols, data: Float32Array.from(pixels, (x, i) => x - mean[i % cols]) };
const coordinates = gemm(engine, centred, vt, { transB: true });
const { data } = gemm(engine, coordinates, vt);
const back = Uint8Array.from(data, (x, i) => Math.max(0, Math.min(255, Math.round(x + mean[i % cols]))));

await writeFile(to, writePng({ ...picture, pixels: back }));
const share = explainedVarianceRatio.reduce((sum, x) => sum + x, 0);
const error = Math.sqrt(pixels.reduce((sum, x, i) => sum + (x - back[i]) ** 2, 0) / pixels.length);
const numbers = vt.rows * (rows + cols) + cols;
console.log(`${vt.rows} of ${Math.min(rows, cols)} components hold ${(100 * share).toFixed(1)} % of the variance`);
console.log(`${numbers} numbers instead of ${pixels.length}; off by ${error.toFixed(1)} of 255 (root mean square)`);
engine[Symbol.dispose]();
