import { bytesOf } from "../../tests/support/stored.ts";
import { type StoredDtype, updateWork } from "../../ts-wrapper/cli/kernel-work.ts";
import { type Bench, bench } from "../bench.ts";
import { updateError } from "../checks.ts";
import { uniform, weights } from "../inputs.ts";
import type { UpdateData } from "../operations.ts";

const RANK = 16;
const SCALE = 2;

/** What merging an adapter does to one projection of a 7B Llama; the factors are packed in every step. */
const update = (stored: StoredDtype): Bench =>
  bench({
    name: `rank-${RANK} update ${stored}`,
    title: "W ← round(W + s·B·A) in place, with the sums that tell what survived rounding",
    dtype: "f32",
    grid: [{ m: 4096, n: 4096, r: RANK }],
    setup: ({ m, n, r }): UpdateData => ({
      ...{ stored, m, n, r, scale: SCALE },
      w: weights(m * n, 1, stored),
      b: uniform(m * r, 2, "f32") as Float32Array,
      a: uniform(r * n, 3, "f32") as Float32Array,
    }),
    run: (engine, data) => updateWork(engine, data, data.w, data.b, data.a, data.scale),
    check: updateError,
    work: ({ m, n, r }) => ({ flops: 2 * m * n * r, bytes: 2 * m * n * bytesOf[stored] }),
    peers: (peer, data) => peer.update?.(data),
  });

export default [update("f32"), update("bf16"), update("f16")];
