import { LowrankError } from "../engine/errors.ts";

/** Reads the text given to an option; `flag` is how messages name it. Throws USAGE. */
export type Parse<T> = (text: string, flag: string) => T;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A decimal number without anything around it; `undefined` for all other text, infinities and NaN among it. */
export function toNumber(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

export const parseNumber: Parse<number> = (text, flag) => {
  const value = toNumber(text.trim());
  if (value === undefined) throw refusal(flag, text, "a number such as 0.5 or -1 was needed");
  return value;
};

/** A whole number from 1 up. */
export const parseCount: Parse<number> = (text, flag) => {
  const value = toNumber(text.trim());
  if (value === undefined || !Number.isSafeInteger(value) || value < 1)
    throw refusal(flag, text, "a whole number from 1 up was needed");
  return value;
};

/** `0.9` and `90%` are the same share. */
export const parseShare: Parse<number> = (text, flag) => {
  const trimmed = text.trim();
  const percent = trimmed.endsWith("%");
  const value = toNumber(percent ? trimmed.slice(0, -1).trim() : trimmed);
  const share = value === undefined ? Number.NaN : percent ? value / 100 : value;
  if (!(share >= 0 && share <= 1)) throw refusal(flag, text, "a share from 0 to 1, or from 0% to 100%, was needed");
  return share;
};

export function parseChoice<const T extends string>(choices: readonly T[]): Parse<T> {
  return (text, flag) => {
    const found = choices.find((c) => c === text.trim().toLowerCase());
    if (found === undefined) throw refusal(flag, text, `one of ${choices.join(", ")} was needed`);
    return found;
  };
}

export const parseText: Parse<string> = (text, flag) => {
  if (text.trim() === "") throw refusal(flag, text, "a path was needed");
  return text;
};

function refusal(flag: string, text: string, needed: string): LowrankError {
  return new LowrankError("USAGE", flag, `is ${JSON.stringify(text)}, ${needed}`);
}
