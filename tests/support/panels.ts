/** The panel layouts of assembly/merge/pack.ts in plain TypeScript. Panels are 4 rows high, or 32 bytes wide. */
import type { Floats } from "../../ts-wrapper/engine/engine.ts";

const like = <A extends Floats>(a: A, length: number): A => new (a.constructor as new (n: number) => A)(length);

/** m×r, row-major → panels of 4 rows, the last one filled up with zeros. */
export function packLeft<A extends Floats>(l: A, m: number, r: number): A {
  const out = like(l, Math.ceil(m / 4) * 4 * r);
  for (let i = 0; i < m; i++) for (let k = 0; k < r; k++) out[((i >> 2) * r + k) * 4 + (i & 3)] = l[i * r + k]!;
  return out;
}

/** r×n, row-major → panels of 8 columns (f32) or 4 (f64), the last one filled up with zeros. */
export function packRight<A extends Floats>(right: A, r: number, n: number): A {
  const p = 32 / right.BYTES_PER_ELEMENT;
  const out = like(right, Math.ceil(n / p) * p * r);
  for (let k = 0; k < r; k++) for (let j = 0; j < n; j++) out[(Math.floor(j / p) * r + k) * p + (j % p)] = right[k * n + j]!;
  return out;
}
