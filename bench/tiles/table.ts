// The table of tiles in bench/README.md: a line for each loop, a column for each runtime.
import { pointLabel } from "../bench.ts";
import type { Results, StoredRow } from "../results.ts";
import { threeDigits } from "../text.ts";
import { GEMM, GEMM_PACKED, isTiles } from "./tiles.bench.ts";

const speed = (row: StoredRow): number => (row.seconds ? (row.needs.flops ?? 0) / row.seconds.median / 1e9 : 0);
const isLoop = ({ who }: StoredRow): boolean => who.note !== GEMM && who.note !== GEMM_PACKED;

/** Speeds in GFLOP/s with their share of the fastest loop in the same runtime; `†` marks runs beside other work. */
export function tileTables(results: readonly Results[]): string {
  const parts: string[] = [];
  for (const { machine, rows } of results) {
    const own = rows.filter(({ bench }) => isTiles(bench));
    const kinds = [...new Set(own.map((row) => `${row.bench}, ${row.who.build}, ${pointLabel(row.point)}`))];
    for (const kind of kinds) {
      const lines = own.filter((row) => `${row.bench}, ${row.who.build}, ${pointLabel(row.point)}` === kind);
      const runtimes = [...new Set(lines.map(({ runtime }) => `${runtime.name} ${runtime.version}`))];
      const notes = [...new Set(lines.map(({ who }) => who.note))];
      const cell = (note: string, runtime: string): string => {
        const there = lines.filter((row) => `${row.runtime.name} ${row.runtime.version}` === runtime);
        const row = there.find(({ who }) => who.note === note);
        if (!row) return "";
        const best = Math.max(...there.filter(isLoop).map(speed));
        const busy = row.busy === undefined ? "" : " †";
        return `${threeDigits(speed(row))} (${Math.round((100 * speed(row)) / best)} %)${busy}`;
      };
      parts.push(
        `#### ${kind}: ${machine.cpu}`,
        [
          `| loop | ${runtimes.join(" | ")} |`,
          `| --- |${runtimes.map(() => " ---: |").join("")}`,
          ...notes.map((note) => `| ${note} | ${runtimes.map((runtime) => cell(note, runtime)).join(" | ")} |`),
        ].join("\n"),
      );
    }
  }
  return parts.length > 0 ? parts.join("\n\n") : 'None: `npm run bench -- "tiles" --runtime all --threads 1` measures them.';
}
