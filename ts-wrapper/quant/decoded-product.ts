import type { Engine, Ptr, Scope } from "../engine/engine.ts";
import { multiply } from "../linalg/gemm.ts";
import type { PlacedQuantized, Product, QuantType } from "./quant-type.ts";

/** Bytes of weights that are decoded at a time: they stay in a second-level cache until they are multiplied. */
const TILE_BYTES = 1 << 18;

/** A product with weights that no kernel multiplies as they are: some rows at a time are decoded to f32 and multiplied there. */
export function decodedProduct(engine: Engine, s: Scope, type: QuantType, w: PlacedQuantized, product: Product): void {
  const { rows, cols: n } = w;
  const { m, x, y } = product;
  if (rows === 0 || m === 0) return;
  const step = type.rowStep(n);
  const count = Math.min(rows, Math.max(1, Math.floor(TILE_BYTES / 4 / Math.max(1, n) / step)) * step);
  const tile = s.alloc(count * n * 4);
  for (let i = 0; i < rows; i += count) {
    const end = Math.min(rows, i + count);
    type.decodeTo(engine, w, i, end, tile);
    const to = (y + 4 * i) as Ptr;
    if (m === 1) engine.parallel("gemv_f32", [n, 1, tile, n, x, 0, to], end - i, 64);
    else {
      const [a, b] = [
        { ptr: x, rows: m, cols: n, ld: n },
        { ptr: tile, rows: end - i, cols: n, ld: n },
      ];
      engine.scope((inner) =>
        multiply(engine, inner, "f32", { transB: true }, a, b, { ptr: to, rows: m, cols: end - i, ld: rows }),
      );
    }
  }
}
