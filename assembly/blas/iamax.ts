// iamax — where the element of largest absolute value stands.
//
//   the smallest i with |xᵢ| = max |x|        x: n elements of T
//
// NaN    counts as larger than everything: the first NaN is the answer
// n = 0  gives 0
// Bytes  reads x to the last byte and no further; any alignment
// Cost   two passes, the second ends at the find
// BLAS   IxAMAX, counted from 0
import { high } from "../core/simd";

export function iamax<T extends number>(n: usize, x: usize): usize {
  const lanes: usize = 16 / sizeof<T>(), body = n & ~(lanes - 1);
  let m = v128.splat<T>(<T>0);
  let i: usize = 0;
  for (; i < body; i += lanes) m = v128.max<T>(m, v128.abs<T>(v128.load(x + i * sizeof<T>()))); // NaN stays
  let most = max_lane<T>(m);
  for (; i < n; ++i) most = max<T>(most, abs<T>(load<T>(x + i * sizeof<T>())));
  for (i = 0; i < n; ++i) {
    const a = abs<T>(load<T>(x + i * sizeof<T>()));
    if (a == most || a != a) return i;
  }
  return 0;
}

/** The largest lane; NaN if there is one. */
function max_lane<T extends number>(m: v128): T {
  if (sizeof<T>() == 4) m = v128.max<T>(m, high(m));
  return max<T>(v128.extract_lane<T>(m, 0), v128.extract_lane<T>(m, 1));
}
