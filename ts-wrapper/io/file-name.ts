import { LowrankError } from "../engine/errors.ts";
import { limits } from "./limits.ts";
import { show } from "./show.ts";
import { encodeUtf8 } from "./utf8.ts";

/**
 * Whether `name` names a file inside a folder and nothing else: no path, no `..`, no drive or stream (`a:b`), no control character,
 * not too long. The same names everywhere, so that an output moves between systems.
 */
export function isPlainFileName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (name === "" || name === "." || name === ".." || /[/\\:\u0000-\u001f\u007f]/.test(name)) return false;
  return encodeUtf8(name).length <= limits.fileNameBytes;
}

/** `name` if it is a plain file name, else an error. `where` says who names it. */
export function plainFileName(name: string, code: "FORMAT" | "USAGE", where: string): string {
  if (isPlainFileName(name)) return name;
  const text = `the file name ${show(name)} was given, a plain name without a path was needed`;
  throw new LowrankError(code, where, text, { file: where });
}
