// Makes checkpoints with the shapes of a 7B Llama and an adapter of rank r on all its linear layers, for the merge bench.
import { mkdir, open, stat, writeFile } from "node:fs/promises";
import { rng } from "../../tests/support/rng.ts";
import { layoutSafetensors } from "../../ts-wrapper/io/safetensors-write.ts";

const HIDDEN = 4096;
const FFN = 11008;
const VOCAB = 32000;
/** Bytes of one layer in bf16, of embedding and head. */
const LAYER = 2 * (4 * HIDDEN * HIDDEN + 3 * HIDDEN * FFN + 2 * HIDDEN);
const ENDS = 2 * (2 * VOCAB * HIDDEN + HIDDEN);

const linears: readonly (readonly [string, number, number])[] = [
  ["self_attn.q_proj", HIDDEN, HIDDEN],
  ["self_attn.k_proj", HIDDEN, HIDDEN],
  ["self_attn.v_proj", HIDDEN, HIDDEN],
  ["self_attn.o_proj", HIDDEN, HIDDEN],
  ["mlp.gate_proj", FFN, HIDDEN],
  ["mlp.up_proj", FFN, HIDDEN],
  ["mlp.down_proj", HIDDEN, FFN],
];

interface Shape {
  readonly name: string;
  readonly dtype: "BF16" | "F32";
  readonly shape: readonly number[];
}

/** Layers that make a checkpoint of about `bytes` bytes. */
export function layersFor(bytes: number): number {
  return Math.max(1, Math.round((bytes - ENDS) / LAYER));
}

export async function makeCheckpoint(folder: string, bytes: number): Promise<string> {
  const layers = layersFor(bytes);
  const vocab = Math.min(VOCAB, Math.max(1, Math.floor((bytes - layers * LAYER) / (4 * HIDDEN)))); // a small file has fewer words
  const tensors: Shape[] = [{ name: "model.embed_tokens.weight", dtype: "BF16", shape: [vocab, HIDDEN] }];
  for (let i = 0; i < layers; i++) {
    for (const [name, out, inn] of linears)
      tensors.push({ name: `model.layers.${i}.${name}.weight`, dtype: "BF16", shape: [out, inn] });
    for (const norm of ["input_layernorm", "post_attention_layernorm"]) {
      tensors.push({ name: `model.layers.${i}.${norm}.weight`, dtype: "BF16", shape: [HIDDEN] });
    }
  }
  tensors.push(
    { name: "model.norm.weight", dtype: "BF16", shape: [HIDDEN] },
    { name: "lm_head.weight", dtype: "BF16", shape: [vocab, HIDDEN] },
  );
  const path = `${folder}/model.safetensors`;
  await mkdir(folder, { recursive: true });
  await writeFile(
    `${folder}/config.json`,
    `${JSON.stringify({ model_type: "llama", tie_word_embeddings: false, num_hidden_layers: layers })}\n`,
  );
  await writeTensors(path, tensors, randomBf16(1 << 25));
  return path;
}

export async function makeAdapter(folder: string, layers: number, r: number): Promise<void> {
  const tensors: Shape[] = [];
  for (let i = 0; i < layers; i++) {
    for (const [name, out, inn] of linears) {
      const key = `base_model.model.model.layers.${i}.${name}`;
      tensors.push({ name: `${key}.lora_A.weight`, dtype: "F32", shape: [r, inn] });
      tensors.push({ name: `${key}.lora_B.weight`, dtype: "F32", shape: [out, r] });
    }
  }
  await mkdir(folder, { recursive: true });
  const config = { peft_type: "LORA", r, lora_alpha: 2 * r, target_modules: linears.map(([name]) => name.replace(/.*\./, "")) };
  await writeFile(`${folder}/adapter_config.json`, `${JSON.stringify(config)}\n`);
  await writeTensors(`${folder}/adapter_model.safetensors`, tensors, randomF32(1 << 22));
}

/** Writes the tensors as one stream of a repeated block: what is in the weights takes no part in the time. */
async function writeTensors(path: string, tensors: readonly Shape[], block: Uint8Array): Promise<void> {
  const { header, byteLength } = layoutSafetensors(tensors, new Map([["format", "pt"]]));
  if ((await stat(path).catch(() => undefined))?.size === byteLength) return;
  const file = await open(path, "w");
  await file.write(header);
  for (let left = byteLength - header.byteLength; left > 0; left -= block.byteLength) {
    await file.write(block, 0, Math.min(left, block.byteLength));
  }
  await file.sync();
  await file.close();
}

/** Values of the size that trained weights have: the sum of three uniform numbers, about ±0.05. */
function values(n: number, seed: number, scale: number): Float32Array {
  const next = rng(seed);
  return Float32Array.from({ length: n }, () => (next() + next() + next() - 1.5) * scale);
}

function randomBf16(bytes: number): Uint8Array {
  const bits = new Uint32Array(values(bytes / 2, 1, 0.04).buffer);
  return new Uint8Array(Uint16Array.from(bits, (b) => b >>> 16).buffer);
}

function randomF32(bytes: number): Uint8Array {
  return new Uint8Array(values(bytes / 4, 2, 0.02).buffer);
}
