import type { Engine, Ptr, Resident, Scope } from "../engine/engine.ts";
import { checkQuantized, needQuant } from "./check.ts";
import { unnestScales } from "./nf4.ts";
import type { PlacedQuantized, QuantizedMatrix, QuantType } from "./quant-type.ts";

/** Quantized weights that stay in the engine's memory: `using w = uploadQuantized(engine, q)`. Nested scales lie there as f32. */
export class ResidentQuantized {
  readonly type: QuantType;
  readonly rows: number;
  readonly cols: number;
  readonly #data: Resident;
  readonly #scales: Resident;

  /** @internal */
  constructor(engine: Engine, type: QuantType, q: QuantizedMatrix) {
    this.type = type;
    this.rows = q.rows;
    this.cols = q.cols;
    this.#data = engine.reserve(q.data.length);
    this.#scales = engine.reserve(4 * type.scales(q.rows, q.cols));
    engine.scope((s) => fill(engine, s, q, this.placed()));
  }

  /** @internal */
  placed(): PlacedQuantized {
    return { rows: this.rows, cols: this.cols, data: this.#data.ptr, scales: this.#scales.ptr };
  }

  [Symbol.dispose](): void {
    this.#scales[Symbol.dispose]();
    this.#data[Symbol.dispose]();
  }
}

/** Copies quantized weights in, to stay. Throws `SHAPE` or `DTYPE` where they are not whole, `UNSUPPORTED` without kernels for them. */
export function uploadQuantized(engine: Engine, q: QuantizedMatrix): ResidentQuantized {
  needQuant(engine, "uploadQuantized");
  return new ResidentQuantized(engine, checkQuantized("uploadQuantized", q), q);
}

/** @internal Weights for one call: those that stay, or copied into the scope. */
export function placeQuantized(
  engine: Engine,
  s: Scope,
  what: string,
  w: QuantizedMatrix | ResidentQuantized,
): { type: QuantType; placed: PlacedQuantized } {
  needQuant(engine, what);
  if (w instanceof ResidentQuantized) return { type: w.type, placed: w.placed() };
  const type = checkQuantized(what, w);
  const count = type.scales(w.rows, w.cols);
  const placed = {
    rows: w.rows,
    cols: w.cols,
    data: s.alloc(w.data.length),
    scales: count > 0 ? s.alloc(4 * count) : (0 as Ptr),
  };
  fill(engine, s, w, placed);
  return { type, placed };
}

function fill(engine: Engine, s: Scope, q: QuantizedMatrix, { data, scales }: PlacedQuantized): void {
  if (q.nested) unnestScales(engine, s, q.nested, scales);
  else if (q.scales) engine.f32(scales, q.scales.length).set(q.scales);
  engine.u8(data, q.data.length).set(q.data);
}
