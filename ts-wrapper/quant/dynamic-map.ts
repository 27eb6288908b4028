/**
 * The signed eight-bit map that bitsandbytes quantizes the scales of NF4 blocks with: 256 values in ascending order from −1 to 1.
 * Seven decades, 10⁻⁶ to 1; decade i has 2ⁱ values of either sign, the middles of as many equal parts of [0.1, 1]; and 0 and 1.
 *
 * Files carry their map (`nested_quant_map`); decode with that. Source: bitsandbytes, `create_dynamic_map`; Dettmers, 8-bit
 * approximations, arXiv 1511.04561.
 */
export function dynamicMap(): Float32Array<ArrayBuffer> {
  const values = [0, 1];
  for (let i = 0; i < 7; i++) {
    const parts = 2 ** i;
    for (let k = 0; k < parts; k++) {
      const middle = 10 ** (i - 6) * (0.1 + (0.9 * (k + 0.5)) / parts);
      values.push(middle, -middle);
    }
  }
  return Float32Array.from(values).sort();
}
