// Tables and plots of bench/README.md from bench/results/*.json. ts-wrapper/tools/render-docs.ts writes the tables, `plots` the SVG files.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { pointLabel } from "./bench.ts";
import { benches } from "./benches.ts";
import { FOLDER, type Results, readResults, type StoredRow } from "./results.ts";
import { MERGE } from "./rows.ts";
import { type BarGroup, barChart } from "./svg.ts";
import { cells, formatSeconds, threeDigits, whoText } from "./text.ts";
import { isTiles } from "./tiles/tiles.bench.ts";

const PLOTS = "bench/plots";
/** Behind the times of rows that were measured while other things were at work. */
const BUSY = "†";
const NATIVE = new Set(["numpy", "scipy", "torch", "lapack", "cp"]);

export async function allResults(folder = FOLDER): Promise<Results[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).sort();
  return (await Promise.all(names.map((name) => readResults(`${folder}/${name}`)))).filter((r) => r !== undefined);
}

type Line = readonly string[];

function table(head: Line, align: string, rows: readonly Line[]): string {
  const line = (cells: Line): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const marks = [...align].map((a) => (a === "r" ? "---:" : "---"));
  return [line(head), line(marks), ...rows.map(line)].join("\n");
}

/** Values of rows by a key, in the order in which they first come. */
function groups<K extends string>(rows: readonly StoredRow[], key: (row: StoredRow) => K): [K, StoredRow[]][] {
  const map = new Map<K, StoredRow[]>();
  for (const row of rows) map.set(key(row), [...(map.get(key(row)) ?? []), row]);
  return [...map];
}

const median = (row: StoredRow): number => row.seconds?.median ?? Number.POSITIVE_INFINITY;
const isOwn = (row: StoredRow): boolean => row.who.name === "lowrank";
const fastest = (rows: readonly StoredRow[]): StoredRow | undefined =>
  rows.reduce<StoredRow | undefined>((best, row) => (median(row) < median(best ?? row) || !best ? row : best), undefined);
const runtimeOf = (row: StoredRow): string => `${row.runtime.name} ${row.runtime.version}`;
const pointOf = (row: StoredRow): string => `${row.bench} ${pointLabel(row.point)}`;

/** What the speed of some work is told in: bytes where there are more of them than operations. */
function speedOf({ needs: { flops = 0, bytes = 0 } }: StoredRow): { readonly amount: number; readonly unit: "GFLOP/s" | "GB/s" } {
  return bytes > flops ? { amount: bytes, unit: "GB/s" } : { amount: flops, unit: "GFLOP/s" };
}

function time(row: StoredRow | undefined): string {
  if (!row) return "";
  if (!row.seconds) return "wrong";
  const { amount, unit } = speedOf(row);
  const speed = amount ? `, ${threeDigits(amount / row.seconds.median / 1e9)} ${unit}` : "";
  return `${formatSeconds(row.seconds.median)}${row.busy === undefined ? "" : BUSY}${speed}`;
}

/** One line for each point: the library beside the fastest peer that runs in the same runtime with the same threads. */
export function summary(results: readonly Results[]): string {
  const parts: string[] = [];
  for (const { machine, rows } of results) {
    for (const [runtime, own] of groups(rows, runtimeOf)) {
      const lines = groups(
        own.filter((row) => row.bench !== MERGE && !isTiles(row.bench)),
        pointOf,
      ).map(([point, all]): Line => {
        const library = (build: string, threads: number): StoredRow | undefined =>
          fastest(all.filter((row) => isOwn(row) && row.who.build === build && row.who.threads === threads));
        const peer = fastest(all.filter((row) => !isOwn(row) && !NATIVE.has(row.who.name) && row.who.threads === 1));
        const simd = library("simd", 1);
        const times = peer?.seconds && simd?.seconds ? `${(median(peer) / median(simd)).toFixed(2)}×` : "";
        const share = simd?.limit ? `${Math.round(simd.limit.share * 100)} %` : "";
        return [
          point,
          peer ? `${whoText({ ...peer.who, note: "" })}: ${time(peer)}` : "",
          time(simd),
          times,
          share,
          time(library("relaxed", 1)),
          time(library("simd", 2)),
          time(library("relaxed", 2)),
        ];
      });
      if (lines.length === 0) continue;
      const head = ["work", "fastest peer", "simd", "× peer", "of the limit", "relaxed", "simd, 2 threads", "relaxed, 2 threads"];
      parts.push(`#### ${machine.cpu}, ${runtime}`, table(head, "llrrrrrr", lines));
    }
  }
  if (parts.length === 0) return "No results are stored: `npm run bench` writes them.";
  if (results.some(({ rows }) => rows.some((row) => row.busy !== undefined)))
    parts.push(`${BUSY} measured while the machine was busy with other things: to be measured anew.`);
  return parts.join("\n\n");
}

/** The peers from npm, as bench/package.json pins them. */
export async function peerList(): Promise<string> {
  const { devDependencies } = JSON.parse(await readFile("bench/package.json", "utf8")) as {
    devDependencies: Record<string, string>;
  };
  return table(
    ["package", "version"],
    "ll",
    Object.entries(devDependencies).map(([name, version]) => [`\`${name}\``, version]),
  );
}

/** Every bench with its points. */
export function benchList(): string {
  const rows = benches.map(({ name, title, grid }): Line => [name, title, grid.map(pointLabel).join(", ")]);
  return table(["bench", "measures", "points"], "lll", [
    ...rows,
    [
      MERGE,
      "`lowrank merge` of a rank-16 adapter into a 7B-like checkpoint on a disk, beside `cp` with fsync; runs only when named",
      "`--gib`",
    ],
  ]);
}

/** Everything that is stored, by machine, runtime and bench. */
export function details(results: readonly Results[]): string {
  const parts: string[] = [];
  for (const { machine, rows } of results) {
    parts.push(`### ${machine.cpu}`, `${machine.cores} logical processors, ${machine.memory} of memory, ${machine.system}`);
    for (const [bench, all] of groups(
      rows.filter((row) => !isTiles(row.bench)),
      (row) => row.bench,
    )) {
      parts.push(`#### ${bench}`);
      if (hasPlot(all)) parts.push(`![${bench}](plots/${plotName(machine.id, bench)})`);
      for (const [runtime, own] of groups(all, runtimeOf)) {
        const origins = [...new Set(own.map((row) => `${row.date.slice(0, 10)}, commit ${row.commit || "unknown"}`))];
        const lines = own.map((row): Line => {
          const { who, median, range, gflops, rate, share, peak } = cells(row);
          const error = row.error === null ? "" : row.error.toPrecision(2);
          return [
            pointLabel(row.point),
            who,
            row.busy === undefined ? median : median + BUSY,
            range,
            gflops,
            rate,
            share,
            error,
            peak,
          ];
        });
        const head = ["point", "who", "median", "least – most", "GFLOP/s", "bytes", "of the limit", "error", "peak memory"];
        parts.push(
          `<details><summary>${runtime} (${origins.join("; ")})</summary>`,
          dropEmptyColumns(head, "llrrrrrrr", lines),
          "</details>",
        );
      }
    }
  }
  return parts.length ? parts.join("\n\n") : "None.";
}

function dropEmptyColumns(head: Line, align: string, lines: readonly Line[]): string {
  const kept = head.map((_, i) => i).filter((i) => lines.some((line) => line[i] !== ""));
  const pick = (cells: Line): string[] => kept.map((i) => cells[i]!);
  return table(pick(head), kept.map((i) => align[i]).join(""), lines.map(pick));
}

const plotName = (machine: string, bench: string): string =>
  `${machine}-${bench
    .toLowerCase()
    .replaceAll("·", "")
    .replaceAll("ᵀ", "t")
    .replaceAll(/[^a-z0-9]+/g, "-")}.svg`;

/** Plots tell speed, so they are for work whose operations or bytes are counted. */
function hasPlot(rows: readonly StoredRow[]): boolean {
  return rows.some((row) => row.seconds && !isTiles(row.bench) && (row.needs.flops || row.needs.bytes));
}

/** The plot of one bench: what Node, or else the first runtime, measured. */
export function plot(bench: string, rows: readonly StoredRow[]): string {
  const runtimes = groups(rows, runtimeOf);
  const [runtime, own] = runtimes.find(([name]) => name.startsWith("node ")) ?? runtimes[0]!;
  const { unit } = speedOf(own[0]!);
  const bars = groups(own, (row) => pointLabel(row.point)).map(
    ([title, all]): BarGroup => ({
      title,
      bars: all
        .filter((row) => row.seconds)
        .map((row) => {
          const value = speedOf(row).amount / median(row) / 1e9;
          const limit = row.limit ? value / row.limit.share : undefined;
          return { label: whoText(row.who), value, text: threeDigits(value), own: isOwn(row), limit };
        }),
    }),
  );
  return barChart(`${bench}, ${runtime}`, `${unit}; the line is the limit measured beside`, bars);
}

/** Every plot, by file name. */
export function allPlots(results: readonly Results[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const { machine, rows } of results) {
    for (const [bench, all] of groups(rows, (row) => row.bench)) {
      if (hasPlot(all)) files.set(plotName(machine.id, bench), plot(bench, all));
    }
  }
  return files;
}

/** Writes the plots of what is stored, and removes those of what is not. */
export async function plots(): Promise<void> {
  const files = allPlots(await allResults());
  await mkdir(PLOTS, { recursive: true });
  for (const name of await readdir(PLOTS)) if (!files.has(name)) await rm(`${PLOTS}/${name}`);
  for (const [name, text] of files) {
    const old = await readFile(`${PLOTS}/${name}`, "utf8").catch(() => "");
    if (old !== text) await writeFile(`${PLOTS}/${name}`, text);
  }
}
