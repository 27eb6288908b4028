import { ggmlTypes } from "./ggml-blocks.ts";
import { int8Rows } from "./int8-rows.ts";
import { nf4 } from "./nf4.ts";
import type { QuantType } from "./quant-type.ts";
import { smallFloatTypes } from "./small-floats.ts";

/** Every type of quantized weights, the widest first. */
export const quantTypes: readonly QuantType[] = [...smallFloatTypes, int8Rows, ...ggmlTypes, nf4];
