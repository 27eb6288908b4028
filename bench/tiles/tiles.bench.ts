// Innermost loops of a product, on panels in the first-level cache, beside the library's whole gemm of the same cost.
import { gemmWork, Operands } from "../../ts-wrapper/cli/kernel-work.ts";
import type { Engine, FloatDtype, Floats } from "../../ts-wrapper/engine/engine.ts";
import { bytesPerElement } from "../../ts-wrapper/linalg/matrix.ts";
import { type Bench, bench, type Contestant } from "../bench.ts";
import { gemmError } from "../checks.ts";
import { uniform } from "../inputs.ts";
import type { GemmData } from "../operations.ts";
import { type Tile, tileModule } from "./kernel.ts";
import { shipped, tileName, tiles } from "./tiles.ts";

/** Notes of the whole product; every other note is a tile's name. */
export const GEMM = "gemm";
export const GEMM_PACKED = "gemm, B packed once";
const NAME = "tiles";
/** Whether a bench is one of these. */
export const isTiles = (name: string): boolean => name.startsWith(`${NAME} `);
/** Steps of one tile, as gemm cuts them. */
const DEPTH = 256;
const depthOf = ({ k }: GemmData): number => Math.min(k, DEPTH);

interface Shape extends Record<string, number> {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** A product, or the tile of it that has the first rows of A, the first columns of B and DEPTH steps. */
type Result = { readonly tile: Tile; readonly c: Floats } | { readonly tile?: undefined; readonly c: Floats };

/** rows × depth of A and depth × cols of B. */
function corner(data: GemmData, { rows, vectors }: Tile): GemmData {
  const { dtype, k, n, a, b } = data;
  const depth = depthOf(data);
  const cols = (vectors * 16) / bytesPerElement[dtype];
  const pick = (x: Floats, height: number, width: number, stride: number): Floats => {
    const out = dtype === "f32" ? new Float32Array(height * width) : new Float64Array(height * width);
    for (let i = 0; i < height; i++) out.set(x.subarray(i * stride, i * stride + width), i * width);
    return out;
  };
  return { dtype, m: rows, n: cols, k: depth, transB: false, a: pick(a, rows, depth, k), b: pick(b, depth, cols, n) };
}

/** As many calls of one tile as cost what the product costs. */
function tileWork(engine: Engine, data: GemmData, tile: Tile, run: TileFunction): Contestant<Result> {
  const { dtype, m, n, k } = data;
  const part = corner(data, tile);
  const memory = new Operands(engine);
  const panel = part.a.slice();
  for (let s = 0; s < part.k; s++) for (let r = 0; r < tile.rows; r++) panel[s * tile.rows + r] = part.a[r * part.k + s]!;
  const [a, b, c] = [memory.copy(panel), memory.copy(part.b), memory.room(part.m * part.n * bytesPerElement[dtype])];
  const count = Math.round((m / part.m) * (n / part.n) * (k / part.k));
  return {
    step: () => run(part.k, a, b, c, 0, count),
    result: () => ({ tile, c: memory.floats(c, part.m * part.n, dtype) }),
    note: tileName(tile),
    [Symbol.dispose]: () => memory[Symbol.dispose](),
  };
}

type TileFunction = (k: number, a: number, b: number, c: number, i0: number, i1: number) => void;

/** Every tile of which the product is a whole number; where it is large, those of the shipped rows and vectors alone. */
function fitting(data: GemmData): Tile[] {
  const { m, n, dtype } = data;
  const lanes = 16 / bytesPerElement[dtype];
  const whole = tiles.filter(
    ({ rows, vectors, unroll }) => m % rows === 0 && n % (vectors * lanes) === 0 && depthOf(data) % unroll === 0,
  );
  return m < DEPTH ? whole : whole.filter(({ rows, vectors }) => rows === shipped.rows && vectors === shipped.vectors);
}

function contestants(engine: Engine, data: GemmData): Contestant<Result>[] {
  if (engine.threads > 1) return [];
  const chosen = fitting(data);
  const module = new WebAssembly.Module(tileModule(chosen, data.dtype, engine.math === "fast"));
  const { exports } = new WebAssembly.Instance(module, { env: { memory: engine.memory } });
  const whole = (packed: boolean): Contestant<Result> => {
    const work = gemmWork(engine, { ...data, packed }, data.a, data.b);
    return { ...work, result: () => ({ c: work.result() }), note: packed ? GEMM_PACKED : GEMM };
  };
  const loops = chosen.map((tile, i) => tileWork(engine, data, tile, exports[`tile_${i}`] as TileFunction));
  return [whole(false), whole(true), ...loops];
}

const entry = (dtype: FloatDtype, small: Shape): Bench =>
  bench({
    name: `${NAME} ${dtype}`,
    title:
      "the innermost loop of gemm written in many ways, rows × vectors, from panels in the first-level cache; runs only when named",
    named: true,
    dtype,
    grid: [small, { m: 512, n: 512, k: 512 }],
    setup: ({ m, n, k }): GemmData => ({
      ...{ dtype, m, n, k, transB: false },
      ...{ a: uniform(m * k, 1, dtype), b: uniform(k * n, 2, dtype) },
    }),
    run: contestants,
    check: (data, { tile, c }: Result) => gemmError(tile ? corner(data, tile) : data, c),
    work: ({ m, n, k }) => ({ flops: 2 * m * n * k }),
  });

// Sizes that every tile divides.
export default [entry("f32", { m: 120, n: 48, k: DEPTH }), entry("f64", { m: 120, n: 24, k: DEPTH })];
