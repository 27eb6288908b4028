/** Which files of a folder belong to a checkpoint and hold no weights. */

/** Endings of files that are copied along: configuration, tokenizers, templates, documents. */
const harmless = [
  ".json",
  ".jinja",
  ".txt",
  ".model",
  ".tiktoken",
  ".vocab",
  ".merges",
  ".bpe",
  ".spm",
  ".md",
  ".yaml",
  ".yml",
  ".py",
];
/** Names without an ending that are copied along. */
const documents = /^(?:licen[cs]e|notice|copying|readme|usage_policy|acceptable_use_policy)(?:[-_.].*)?$/i;
/** Endings of weights in other formats, and of states of a training run: never copied, they would no longer fit the weights. */
const weights =
  /\.(?:safetensors|bin|pt|pth|ckpt|pkl|pickle|npz|npy|h5|msgpack|onnx|gguf|ggml|tflite|mlmodel|pdparams|ot)(?:\..*)?$/i;

/** What a server is asked for when its folder cannot be listed; also what belongs to a single file among others. */
export const wellKnown: readonly string[] = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "tokenizer.model",
  "special_tokens_map.json",
  "added_tokens.json",
  "chat_template.jinja",
  "chat_template.json",
  "vocab.json",
  "merges.txt",
  "vocab.txt",
  "spiece.model",
  "preprocessor_config.json",
  "processor_config.json",
  "README.md",
  "LICENSE",
  "NOTICE",
];

/** Makes transformers take a checkpoint for an adapter. */
const ADAPTER_CONFIG = "adapter_config.json";

/** Why a file of a checkpoint's folder is left out; `undefined` where it is copied along. */
export function leftOutBecause(name: string): string | undefined {
  if (name.endsWith("/")) return "a subfolder";
  if (name.startsWith(".")) return "hidden";
  if (name === ADAPTER_CONFIG) return "part of an adapter";
  if (weights.test(name)) return "weights, or an index of weights, in another file";
  if (harmless.some((end) => name.toLowerCase().endsWith(end)) || documents.test(name)) return undefined;
  return "of no known kind";
}
