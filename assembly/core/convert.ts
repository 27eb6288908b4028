// convert — an array of one stored type to another, elements i0 … i1 − 1.
//
//   dst[i] ← round(src[i])        src: From · dst: To        f64, f32, f16, bf16 each way (core/stored.ts)
//
// Exported as decode_S_T (stored S to computed T) and encode_S_T (computed T to stored S).
// To a wider type exact; to a narrower one to nearest, ties to even, overflow to ±Inf, subnormals kept, NaN stays NaN.
// f64 to a 16-bit type rounds twice, to f32 and then to the type: what a runtime does that holds tensors in f32.
// Bytes  reads and writes the range to the last byte and no further; any alignment; src and dst do not overlap
// Cost   one pass
import { load1, load4, store1, store4 } from "./stored";

export function convert<From, To>(src: usize, dst: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1);
  src += i0 * sizeof<From>();
  dst += i0 * sizeof<To>();
  const n = i1 - i0, body = n & ~3;
  if (isFloat<From>() && isFloat<To>() && sizeof<From>() == sizeof<To>()) {
    memory.copy(dst, src, n * sizeof<From>());
    return;
  }
  let i: usize = 0;
  for (; i < body; i += 4) store4<To>(dst + i * sizeof<To>(), load4<From>(src + i * sizeof<From>()));
  for (; i < n; ++i) store1<To>(dst + i * sizeof<To>(), load1<From>(src + i * sizeof<From>()));
}
