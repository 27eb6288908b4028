import type { Operations } from "../operations.ts";

/** A peer that is there. */
export interface Peer {
  /** Name of its package. */
  readonly name: string;
  readonly version: string;
  /** Its back end, where it has several. */
  readonly build: string;
  readonly threads: number;
  readonly operations: Operations;
  close?(): void;
}

/** How a peer is started. `files` is where the files of npm packages are served from, in a browser. */
export interface PeerOptions {
  readonly threads: number;
  readonly files: string | undefined;
}

/** A peer as a file and a line: who it is, and how it starts. Throws where it is not installed or cannot run here. */
export interface PeerDefinition {
  readonly name: string;
  start(options: PeerOptions): Promise<Peer>;
}
