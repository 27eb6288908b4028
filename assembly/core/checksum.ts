// checksum — 32 bytes that tell whether a stretch of memory is still what it was.
//
//   a ← Σ wᵢ,  b ← Σ Σ wⱼ (j ≤ i)        wᵢ: the 16-byte words of src as four i32 lanes, mod 2^32; the last one padded with zeros
//
// out    a and b, 16 bytes each; empty input gives zeros. The order of the words counts (Fletcher's sum), the length does not.
// Bytes  reads src to the last byte and no further; any alignment
// Use    faults of disks and of programs, not forgery: that is what SHA-256 is for
// Paper  J. G. Fletcher, An arithmetic checksum for serial transmissions, IEEE Trans. Comm. 30 (1982)

export function checksum(src: usize, n: usize, out: usize): void {
  let a = i32x4.splat(0), b = i32x4.splat(0);
  const end = src + (n & ~15);
  for (; src < end; src += 16) {
    a = i32x4.add(a, v128.load(src));
    b = i32x4.add(b, a);
  }
  const rest = n & 15;
  if (rest) {
    v128.store(out, i32x4.splat(0));
    memory.copy(out, src, rest);
    a = i32x4.add(a, v128.load(out));
    b = i32x4.add(b, a);
  }
  v128.store(out, a);
  v128.store(out, b, 16);
}
