const MAX_SHOWN = 160;

/**
 * A name or text from outside, in quotes, for a message: control and format characters are escaped, so that a file cannot write to a
 * terminal through them, and long texts are cut.
 */
export function show(text: string): string {
  const cut = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return JSON.stringify(cut).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}
