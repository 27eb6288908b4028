/** A fenced block of a Markdown document. */
export interface Block {
  /** What stands behind the fence: `ts`, `sh run`. */
  readonly info: string;
  readonly code: string;
  /** Line of its first line of code, from 1. */
  readonly line: number;
}

/** The fenced blocks, in order, without the indentation of their fence. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  let open: { indent: number; info: string; line: number; code: string } | undefined;
  for (const [i, line] of text.split("\n").entries()) {
    const fence = /^( *)```(.*)$/.exec(line);
    if (open && fence && fence[2] === "") {
      found.push({ info: open.info, code: open.code, line: open.line });
      open = undefined;
    } else if (open) open.code += `${line.slice(open.indent)}\n`;
    else if (fence) open = { indent: fence[1]!.length, info: fence[2]!.trim(), line: i + 2, code: "" };
  }
  return found;
}
