import { LowrankError } from "../engine/errors.ts";

/** Refuses a range that is not inside the bytes there are; every source asks before it reads. */
export function checkRange(file: string, offset: number, length: number, byteLength: number): void {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (whole && offset >= 0 && length >= 0 && offset + length <= byteLength) return;
  throw new LowrankError("FORMAT", file, `bytes ${offset} to ${offset + length} asked, the file has ${byteLength}`, { file });
}

/** What a read that came back short means: the file lost bytes since its length was taken. */
export function shortRead(file: string, offset: number, got: number, length: number): LowrankError {
  const text = `${got} of ${length} bytes could be read at ${offset}; the file became shorter while it was being read`;
  return new LowrankError("FORMAT", file, text, { file });
}
