/** Written last: inputs, outputs and what was done, with their hashes. A folder without it is unfinished. */
export const MANIFEST = "merge.json";
/** What is finished so far; removed when the manifest is written. */
export const JOURNAL = "merge.journal";
/** The index of a checkpoint in several files, where the base has no name for it. */
export const INDEX = "model.safetensors.index.json";
