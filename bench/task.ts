import type { Plan } from "./measure.ts";

/** What another process or a page is given to measure. */
export interface Task extends Plan {
  /** Peers that take part: parts of their names, of which one fits; `native` stands for the native ones, where processes can be started. */
  readonly peers: readonly string[];
  /** Threads that peers may use. */
  readonly peerThreads: number;
  /** Versions of the packages, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Before every line that is an event; everything else on the standard output was printed by peers. */
export const MARK = "\u001e";

/** Whether a peer takes part. */
export function takesPart(name: string, wanted: readonly string[]): boolean {
  return wanted.some((part) => part === "all" || name.toLowerCase().includes(part.toLowerCase()));
}
