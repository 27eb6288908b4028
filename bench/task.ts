import type { Plan } from "./measure.ts";

/** What another process or a page is given to measure. */
export interface Task extends Plan {
  /** Whether the peers from npm take part. */
  readonly peers: boolean;
  /** Whether native libraries take part, where processes can be started. */
  readonly native: boolean;
  /** Threads that peers may use. */
  readonly peerThreads: number;
  /** Versions of the packages, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Before every line that is an event; everything else on the standard output was printed by peers. */
export const MARK = "\u001e";
