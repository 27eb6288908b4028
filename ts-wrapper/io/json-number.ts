/** A number as it is written: `1.0`, `1e3`, `9007199254740993`. What an exact integer is needed for, or what is written back unchanged. */
export class JsonNumber {
  readonly raw: string;

  constructor(raw: string) {
    this.raw = raw;
  }

  /** The value, where it is written as plain digits (no sign, point, exponent or leading zero) and exact, so at most 2⁵³ − 1. */
  get integer(): number | undefined {
    const n = /^(?:0|[1-9][0-9]*)$/.test(this.raw) ? Number(this.raw) : Number.NaN;
    return Number.isSafeInteger(n) ? n : undefined;
  }

  /** The nearest double. */
  get value(): number {
    return Number(this.raw);
  }
}
