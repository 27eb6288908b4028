import { createEngine } from "../engine/create.ts";
import type { Build, Engine } from "../engine/engine.ts";
import type { Features } from "../engine/features.ts";

/** What became of one build here. */
export interface BuildTest {
  readonly build: Build;
  /** `missing` where the runtime cannot run it. */
  readonly result: "passed" | "failed" | "missing";
  readonly threads: number;
  readonly detail: string;
}

/** Not multiples of a tile, and enough rows for every worker. */
const ROWS = 201;
const COLS = 51;
const RANK = 13;

/** Starts each published build that this runtime can run, multiplies two matrices on all its threads and compares the product. */
export async function testBuilds(found: Features, threads: number): Promise<BuildTest[]> {
  const tests: BuildTest[] = [];
  for (const build of ["simd", "simd-threads", "relaxed", "relaxed-threads"] as const) {
    const needs = [
      ["SIMD", found.simd],
      ...(build.startsWith("relaxed") ? ([["relaxed SIMD", found.relaxedSimd]] as const) : []),
      ...(build.endsWith("threads") ? ([["threads", found.threads]] as const) : []),
    ] as const;
    const lacking = needs.filter(([, finding]) => !finding.available).map(([name]) => name);
    if (lacking.length) tests.push({ build, result: "missing", threads: 0, detail: `needs ${lacking.join(" and ")}` });
    else tests.push(await testBuild(build, build.endsWith("threads") ? Math.max(2, threads) : 1));
  }
  return tests;
}

async function testBuild(build: Build, threads: number): Promise<BuildTest> {
  try {
    await using engine = await createEngine({ build, threads });
    const wrong = firstWrong(engine);
    const detail = wrong ?? `${ROWS} × ${COLS} product of rank ${RANK} is exact`;
    return { build, result: wrong === undefined ? "passed" : "failed", threads: engine.threads, detail };
  } catch (error) {
    return { build, result: "failed", threads, detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Small whole numbers: every product and sum is exact in f32, so every build must give the same, fused or not. */
const left = Float32Array.from({ length: ROWS * RANK }, (_, i) => ((i * 7) % 31) - 15);
const right = Float32Array.from({ length: RANK * COLS }, (_, i) => ((i * 5) % 23) - 11);

/** The first element of left·right that the kernels got wrong, in words. */
export function firstWrong(engine: Engine): string | undefined {
  const product = engine.scope((s) => {
    const l = s.copyIn(left);
    const r = s.copyIn(right);
    const packedLeft = s.alloc(Math.ceil(ROWS / 4) * 4 * RANK * 4);
    const packedRight = s.alloc(Math.ceil(COLS / 8) * 8 * RANK * 4);
    engine.wasm.pack_left_f32(ROWS, RANK, RANK, 0, l, RANK, 1, 1, packedLeft);
    engine.wasm.pack_right_f32(RANK, COLS, RANK, 0, r, COLS, 1, packedRight);
    const sums = s.copyIn(new Float32Array(ROWS * COLS));
    engine.parallel("low_rank_add_f32", [COLS, RANK, packedLeft, packedRight, sums], ROWS, 4);
    return s.copyOut(sums, ROWS * COLS, "f32");
  });
  for (let i = 0; i < ROWS; i++) {
    for (let j = 0; j < COLS; j++) {
      let want = 0;
      for (let k = 0; k < RANK; k++) want += left[i * RANK + k]! * right[k * COLS + j]!;
      const got = product[i * COLS + j]!;
      if (got !== want) return `row ${i}, column ${j} is ${got}, ${want} was needed`;
    }
  }
  return undefined;
}
