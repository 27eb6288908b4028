import type { Engine } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { quantTypes } from "./index.ts";
import type { Activations, QuantizedMatrix, QuantType } from "./quant-type.ts";

/** Throws `UNSUPPORTED` where the engine was made without kernels for quantized weights. */
export function needQuant(engine: Engine, what: string): void {
  if ("quant_heap_base" in engine.wasm) return;
  const text = "this engine has no kernels for quantized weights; make one with createEngine({ quant: true })";
  throw new LowrankError("UNSUPPORTED", what, text);
}

/** The type of that name; `DTYPE` where there is none. */
export function typeNamed(what: string, name: string): QuantType {
  const type = quantTypes.find((known) => known.name === name);
  if (type) return type;
  const names = quantTypes.map((known) => known.name).join(", ");
  throw new LowrankError("DTYPE", what, `${JSON.stringify(name)} is no quantized type; one of ${names} was needed`);
}

/** Throws `SHAPE` where rows of `cols` weights do not fill whole blocks, or are too long. */
export function checkCols(what: string, type: QuantType, rows: number, cols: number): void {
  if (cols % type.multiple !== 0) {
    const text = `W is ${rows}×${cols}, and ${type.name} needs a multiple of ${type.multiple} columns; pad the rows with zeros, or take a type with smaller blocks`;
    throw new LowrankError("SHAPE", what, text);
  }
  if (cols > (type.mostCols ?? Number.POSITIVE_INFINITY)) {
    throw new LowrankError(
      "SHAPE",
      what,
      `W is ${rows}×${cols}, and ${type.name} takes at most ${type.mostCols} columns; take a type with blocks`,
    );
  }
}

/** Checks that a quantized matrix is whole, and answers its type. Throws `DTYPE` or `SHAPE`. */
export function checkQuantized(what: string, q: QuantizedMatrix): QuantType {
  const type = typeNamed(what, q.type);
  const { rows, cols } = q;
  if (!Number.isSafeInteger(rows) || rows < 0 || !Number.isSafeInteger(cols) || cols < 0) {
    throw new LowrankError("SHAPE", what, `W is ${rows}×${cols}, whole numbers of rows and columns were needed`);
  }
  checkCols(what, type, rows, cols);
  const is = `W is ${rows}×${cols} of ${type.name}`;
  checkLength(what, `${is}, so its data needs`, type.bytes(rows, cols), q.data.length, "bytes");
  const scales = type.scales(rows, cols);
  if (q.nested) {
    checkLength(what, `${is}, so its nested codes need`, scales, q.nested.codes.length, "bytes");
    checkLength(what, `${is}, so its nested absmax needs`, Math.ceil(scales / 256), q.nested.absmax.length, "elements");
    checkLength(what, "the map of nested scales needs", 256, q.nested.map.length, "elements");
  } else if (scales > 0) checkLength(what, `${is}, so its scales need`, scales, q.scales?.length ?? 0, "elements");
  return type;
}

function checkLength(what: string, needs: string, wanted: number, got: number, unit: string): void {
  if (got !== wanted) throw new LowrankError("SHAPE", what, `${needs} ${wanted} ${unit}; got ${got}`);
}

/** What a product is computed in; `UNSUPPORTED` where the type has no kernels for what is asked. */
export function chooseActivations(what: string, type: QuantType, asked: Activations | undefined): Activations {
  if (asked === undefined) return type.activations[0]!;
  if (type.activations.includes(asked)) return asked;
  const can = type.activations.map((a) => JSON.stringify(a)).join(" or ");
  throw new LowrankError(
    "UNSUPPORTED",
    what,
    `activations ${JSON.stringify(asked)} cannot be multiplied with ${type.name}; take ${can}`,
  );
}
