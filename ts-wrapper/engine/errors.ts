/**
 * Every refusal has a code, and every code an exit status of the command line.
 *
 * Messages read `what: what is, what was needed; what to do` and name the file and the tensor.
 */
export const errorCodes = {
  SHAPE: { exit: 1, meaning: "matrices whose shapes do not go together" },
  DTYPE: { exit: 1, meaning: "an element type that the operation does not take" },
  NO_CONVERGENCE: { exit: 1, meaning: "an iteration that did not settle" },
  SINGULAR: { exit: 1, meaning: "a matrix without an inverse, where one was needed" },
  NOT_POSITIVE_DEFINITE: { exit: 1, meaning: "a matrix that is not positive definite, where that was needed" },
  UNSUPPORTED: { exit: 1, meaning: "something that this runtime or build cannot do" },
  BROKEN: { exit: 1, meaning: "an engine that was disposed or has trapped" },
  USAGE: { exit: 2, meaning: "wrong usage: options or paths that make no sense together" },
  FORMAT: { exit: 3, meaning: "a bad or hostile input file" },
  LIMIT: { exit: 3, meaning: "an input file beyond a stated limit" },
  NOT_FOUND: { exit: 3, meaning: "an input that is not there" },
  MISMATCH: { exit: 4, meaning: "an adapter that does not fit the base" },
  UNUSED: { exit: 4, meaning: "adapter tensors that would go unused" },
  KIND: { exit: 4, meaning: "an adapter kind or option that cannot be merged" },
  VERIFY: { exit: 5, meaning: "output that is not what was computed" },
  OVERFLOW: { exit: 5, meaning: "a merged value that the output type cannot hold" },
  SURVIVAL: { exit: 5, meaning: "less of the adapter left after rounding than asked for" },
  OUT_OF_MEMORY: { exit: 6, meaning: "not enough memory under the given ceiling" },
  NO_SPACE: { exit: 6, meaning: "a full disk" },
  CANNOT_WRITE: { exit: 6, meaning: "a target that cannot be written" },
  NETWORK: { exit: 7, meaning: "a remote file that could not be read" },
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetails {
  readonly cause?: unknown;
  /** The file concerned, as the user named it. */
  readonly file?: string;
  /** The tensor concerned, as the file names it. */
  readonly tensor?: string;
}

export class LowrankError extends Error {
  override readonly name = "LowrankError";
  readonly code: ErrorCode;
  /** The operation or file that speaks: the part of the message before the first colon. */
  readonly what: string;
  readonly file: string | undefined;
  readonly tensor: string | undefined;

  constructor(code: ErrorCode, what: string, text: string, details: ErrorDetails = {}) {
    super(`${what}: ${text}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.what = what;
    this.file = details.file;
    this.tensor = details.tensor;
  }

  /** Exit status of the command line for this error. */
  get exit(): number {
    return errorCodes[this.code].exit;
  }
}
