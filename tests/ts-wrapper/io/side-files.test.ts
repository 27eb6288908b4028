import assert from "node:assert/strict";
import { test } from "node:test";
import { leftOutBecause, wellKnown } from "../../../ts-wrapper/io/side-files.ts";

test("configuration, tokenizers, templates and documents go along", () => {
  const names = [
    ...wellKnown,
    "tokenizer.model",
    "chat_template.jinja",
    "qwen.tiktoken",
    "LICENSE",
    "LICENSE.txt",
    "Licence-Apache",
    "NOTICE",
    "USE_POLICY.md",
    "modeling_x.py",
  ];
  for (const name of names) assert.equal(leftOutBecause(name), undefined, name);
});

test("weights in other formats, indexes of weights, hidden files, folders and unknown kinds stay, each with its reason", () => {
  for (const name of [
    "pytorch_model.bin",
    "model.fp16.safetensors",
    "pytorch_model.bin.index.json",
    "x.safetensors.index.json",
    "a.gguf",
    "m.onnx",
    "flax_model.msgpack",
    "tf_model.h5",
    "optimizer.pt",
    "x.PTH",
  ]) {
    assert.match(leftOutBecause(name) ?? "", /weights/, name);
  }
  assert.equal(leftOutBecause("onnx/"), "a subfolder");
  assert.equal(leftOutBecause(".gitattributes"), "hidden");
  assert.equal(leftOutBecause("adapter_config.json"), "part of an adapter");
  for (const name of ["logo.png", "run.sh", "a.exe", "data"]) assert.equal(leftOutBecause(name), "of no known kind", name);
});
