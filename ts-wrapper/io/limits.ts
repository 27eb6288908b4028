/**
 * What a reader accepts at most, and why. An input beyond one of these is refused with LIMIT before memory is asked for it.
 */
export const limits = {
  /** Bytes of a safetensors header: the cap of the reference reader, so no file that it accepts is refused here. */
  headerBytes: 100_000_000,
  /** Bytes of a configuration: real ones are a few KiB, the largest (long label lists) stay under 1 MiB. */
  configBytes: 16 * 2 ** 20,
  /** Bytes of `model.safetensors.index.json`: one line for each tensor, so as much as the headers it repeats. */
  indexBytes: 100_000_000,
  /** Nested objects and arrays in JSON: a header has 3 levels, configurations under 10. The scanner recurses, so it must stop. */
  jsonDepth: 64,
  /** Dimensions of a tensor: torch and numpy stop at 64 as well. */
  rank: 64,
  /** Shards of one checkpoint: the largest published ones have some hundreds. */
  shards: 10_000,
  /** Entries looked at in a listed folder: more is a download folder or a mistake, no checkpoint. */
  folderEntries: 100_000,
  /** Bytes fetched whole from a server that answers no ranges: fits in memory everywhere; a larger file needs ranges. */
  wholeDownloadBytes: 64 * 2 ** 20,
  /** Bytes of a file name: what common file systems take. */
  fileNameBytes: 255,
} as const;
