import { CommanderError } from "commander";
import { type ErrorCode, errorCodes, LowrankError } from "../engine/errors.ts";

/** What each exit status of the command line means. */
export const exitStatuses: readonly { readonly exit: number; readonly meaning: string }[] = [
  { exit: 0, meaning: "done" },
  { exit: 1, meaning: "unexpected: a fault of this program, or something this runtime cannot do" },
  { exit: 2, meaning: "wrong usage" },
  { exit: 3, meaning: "an input file that is missing, broken or hostile" },
  { exit: 4, meaning: "an adapter that does not fit the base, or would go unused" },
  { exit: 5, meaning: "verification or the survival threshold failed" },
  { exit: 6, meaning: "out of memory or disk, or a target that cannot be written" },
  { exit: 7, meaning: "network" },
  { exit: 130, meaning: "interrupted" },
];

/** Codes of errors that are no `LowrankError`. */
export type FailureCode = ErrorCode | "UNEXPECTED" | "INTERRUPTED";

/** A failed command, as `--json` prints it under `error`. */
export interface Failure {
  readonly code: FailureCode;
  readonly exit: number;
  readonly message: string;
  readonly file: string | null;
  readonly tensor: string | null;
}

/** The codes behind one exit status, in the order of the registry. */
export function codesOf(exit: number): readonly FailureCode[] {
  if (exit === 130) return ["INTERRUPTED"];
  const codes: FailureCode[] = (Object.keys(errorCodes) as ErrorCode[]).filter((c) => errorCodes[c].exit === exit);
  return exit === 1 ? ["UNEXPECTED", ...codes] : codes;
}

/** What to tell, and the status to end with. */
export function toFailure(error: unknown): Failure {
  if (error instanceof LowrankError) {
    return { code: error.code, exit: error.exit, message: error.message, file: error.file ?? null, tensor: error.tensor ?? null };
  }
  if (error instanceof CommanderError) return plain("USAGE", 2, error.message.replace(/^error: /, ""));
  if (isAbort(error)) return plain("INTERRUPTED", 130, "interrupted");
  if (isOutOfMemory(error)) {
    const text = "this process cannot have more memory; give less with --memory, or use fewer --threads";
    return plain("OUT_OF_MEMORY", errorCodes.OUT_OF_MEMORY.exit, `${messageOf(error)}: ${text}`);
  }
  return plain("UNEXPECTED", 1, messageOf(error));
}

function plain(code: FailureCode, exit: number, message: string): Failure {
  return { code, exit, message, file: null, tensor: null };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** What V8, JavaScriptCore and SpiderMonkey throw when an allocation fails. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /allocation failed|out of memory|could not allocate/i.test(error.message);
}

/** The stack of an error and of everything that caused it. */
export function stackOf(error: unknown): string {
  const lines: string[] = [];
  for (let e: unknown = error; e !== undefined && e !== null && lines.length < 8; e = e instanceof Error ? e.cause : undefined) {
    lines.push(`${lines.length ? "caused by: " : ""}${e instanceof Error ? (e.stack ?? `${e.name}: ${e.message}`) : String(e)}`);
  }
  return lines.join("\n");
}
