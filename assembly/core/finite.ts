// first_not_finite — where the first NaN or Inf of an array stands.
//
//   src: n elements of T  →  the smallest index i for which src[i] is not finite, or n
//
// Bytes  reads src to the last byte and no further; any alignment
// Cost   one pass; it ends at the first find

export function first_not_finite<T extends number>(src: usize, n: usize): usize {
  const lanes: usize = 16 / sizeof<T>();
  const body = n & ~(lanes - 1);
  let i: usize = 0;
  for (; i < body; i += lanes) {
    const x = v128.load(src + i * sizeof<T>());
    const zero = v128.sub<T>(x, x); // NaN where x is NaN or Inf, else 0
    if (v128.any_true(v128.ne<T>(zero, zero))) break;
  }
  for (; i < n; ++i) {
    const x = load<T>(src + i * sizeof<T>());
    if (x - x != <T>0) return i;
  }
  return n;
}
