import { SingleBar } from "cli-progress";
import { clean, formatBytes, formatRate, formatWait } from "./format.ts";

/** What a bar shows of one step of work. */
export interface Step {
  readonly phase: string;
  /** The tensor or file at work. */
  readonly item: string;
  readonly done: number;
  readonly total: number;
  /** Bytes that went through in this phase. */
  readonly bytes: number;
  readonly elapsedMs: number;
  readonly etaMs: number | undefined;
}

export interface Progress {
  step(step: Step): void;
  /** Leaves nothing of the bar on the terminal. */
  stop(): void;
}

export const noProgress: Progress = { step: () => {}, stop: () => {} };

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Bars of the width that leaves room for the numbers and a tensor's name on 80 columns. */
const BAR = 18;

/** A bar with share, bytes, rate and time left on the last line of a terminal; nothing is drawn elsewhere. */
export function terminalProgress(stream: NodeJS.WritableStream & Stream): Progress {
  let bar: SingleBar | undefined;
  return {
    step(step) {
      if (!bar) {
        bar = new SingleBar({
          stream,
          clearOnComplete: true,
          hideCursor: true,
          fps: 10,
          format: (_options, params, payload: Step) => line(payload, params.progress, (stream.columns || 80) - 1),
        });
        bar.start(Math.max(1, step.total), step.done, step);
        return;
      }
      bar.setTotal(Math.max(1, step.total));
      bar.update(step.done, step);
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}

/** One line of at most `width` characters; the end of the item's name is what tells items apart, so its start is cut. */
export function line(step: Step, progress: number, width: number): string {
  const share = Math.min(1, Math.max(0, progress));
  const full = Math.round(share * BAR);
  const parts = [
    `${step.phase.padEnd(6)} ${"█".repeat(full)}${"░".repeat(BAR - full)} ${String(Math.floor(share * 100)).padStart(3)} %`,
    formatBytes(step.bytes).padStart(7),
    formatRate(step.bytes, step.elapsedMs).padStart(9),
    step.etaMs === undefined ? undefined : `${formatWait(step.etaMs)} left`,
  ];
  const head = parts.filter((p) => p !== undefined).join("  ");
  const room = width - head.length - 2;
  const item = clean(step.item);
  if (room < 8) return head.slice(0, Math.max(0, width));
  return `${head}  ${item.length <= room ? item : `…${item.slice(item.length - room + 1)}`}`;
}
