import type { Tile } from "./kernel.ts";

const usual = { spread: "splat", order: "row", place: "offset", loop: "while", unroll: 1 } as const;

/** The loop of assembly/blas/gemm_micro.ts. */
export const shipped: Tile = { ...usual, rows: 4, vectors: 2, spread: "swap", place: "added" };

const also = (rows: number, vectors: number, other: Partial<Tile> = {}): Tile => ({ ...usual, rows, vectors, ...other });

/** Every loop that is measured: first the shipped tile's ways to be written, then other tiles. */
export const tiles: readonly Tile[] = [
  shipped,
  { ...shipped, place: "offset" },
  { ...shipped, loop: "do" },
  { ...shipped, unroll: 2 },
  also(4, 2),
  also(4, 2, { loop: "do" }),
  also(4, 2, { order: "first" }),
  also(4, 2, { order: "folded" }),
  also(4, 2, { unroll: 2 }),
  also(4, 2, { unroll: 4 }),
  also(4, 2, { spread: "shuffle" }),
  also(2, 4),
  also(2, 3),
  also(3, 2),
  also(3, 4),
  also(4, 3),
  also(5, 2),
  also(6, 2),
  also(8, 1),
];

/** `4×2 swap`, and what is special: the number of vectors stands for both types, four or two lanes each. */
export function tileName({ rows, vectors, spread, order, place, loop, unroll }: Tile): string {
  const special = [
    ...(order === "row" ? [] : [order === "first" ? "loads first" : "loads where used"]),
    ...(spread === "swap" && place === "offset" ? ["offsets"] : []),
    ...(loop === "while" ? [] : ["test behind"]),
    ...(unroll === 1 ? [] : [`${unroll} steps`]),
  ];
  return [`${rows}×${vectors} ${spread}`, ...special].join(", ");
}
