// transpose — a matrix copied with rows and columns exchanged.
//
//   dst[j, i] ← src[i, j]        src: m×n row-major · dst: n×m row-major · elements T
//
// lds, ldd  elements from one row to the next: lds ≥ n, ldd ≥ m
// j0, j1    rows of dst (columns of src) written
// Bytes     reads and writes to the last element and no further; any alignment; src and dst do not overlap
// Cost      one pass, in blocks of 32 columns of src: the lines of dst that a block writes to stay in the first-level cache

/** Rows of dst in flight. */
// @ts-ignore: decorator
@inline
const BLOCK: usize = 32;

export function transpose<T extends number>(m: usize, src: usize, lds: usize, dst: usize, ldd: usize, j0: usize, j1: usize): void {
  assert(ldd >= m && j0 <= j1);
  const lanes: usize = 16 / sizeof<T>();
  const tall = m & ~(lanes - 1);
  for (let b = j0; b < j1; b += BLOCK) {
    const end = min(j1, b + BLOCK), wide = b + ((end - b) & ~(lanes - 1));
    for (let i: usize = 0; i < tall; i += lanes) {
      let j = b;
      for (; j < wide; j += lanes) {
        transpose_square<T>(src + (i * lds + j) * sizeof<T>(), lds * sizeof<T>(), dst + (j * ldd + i) * sizeof<T>(), ldd * sizeof<T>());
      }
      for (; j < end; ++j) {
        for (let s: usize = 0; s < lanes; ++s) copy<T>(src, lds, dst, ldd, i + s, j);
      }
    }
    for (let i = tall; i < m; ++i) {
      for (let j = b; j < end; ++j) copy<T>(src, lds, dst, ldd, i, j);
    }
  }
}

// @ts-ignore: decorator
@inline
function copy<T>(src: usize, lds: usize, dst: usize, ldd: usize, i: usize, j: usize): void {
  store<T>(dst + (j * ldd + i) * sizeof<T>(), load<T>(src + (i * lds + j) * sizeof<T>()));
}

/** One block of as many rows and columns as a vector has lanes; p, q: bytes from row to row of src, of dst. */
export function transpose_square<T>(src: usize, p: usize, dst: usize, q: usize): void {
  const a = v128.load(src), b = v128.load(src + p);
  if (sizeof<T>() == 8) {
    v128.store(dst, v128.shuffle<i64>(a, b, 0, 2));
    v128.store(dst + q, v128.shuffle<i64>(a, b, 1, 3));
    return;
  }
  const c = v128.load(src + 2 * p), d = v128.load(src + 3 * p);
  const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(dst, v128.shuffle<i64>(ab0, cd0, 0, 2));
  v128.store(dst + q, v128.shuffle<i64>(ab0, cd0, 1, 3));
  v128.store(dst + 2 * q, v128.shuffle<i64>(ab1, cd1, 0, 2));
  v128.store(dst + 3 * q, v128.shuffle<i64>(ab1, cd1, 1, 3));
}
