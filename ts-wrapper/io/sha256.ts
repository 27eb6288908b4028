// SHA-256, streaming, for runtimes whose own hash takes the message only as a whole.
//
//   state h: 8 words · message in blocks of 64 bytes, padded with 0x80, zeros and its length in bits (u64, big endian)
//   w: 64 words, the first 16 from the block, the others w[t] = σ1(w[t−2]) + w[t−7] + σ0(w[t−15]) + w[t−16]
//
// Source: FIPS 180-4, §5.1.1, §5.3.3, §6.2.2. The constants are the fractions of cube and square roots of the first primes (§4.2.2).

const BLOCK = 64;
const primes = firstPrimes(64);
const K = Int32Array.from(primes, (p) => fraction(Math.cbrt(p), p, 3n));
const START = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p), p, 2n));

/** A hash that takes its message piece by piece. */
export interface Hasher {
  /** Takes `bytes` in; they may be reused afterwards. */
  update(bytes: Uint8Array): void;
  /** The hash in lowercase hexadecimal. Ends the hasher. */
  digest(): string;
}

export function createSha256(): Hasher {
  const state = START.slice();
  const w = new Int32Array(BLOCK);
  const rest = new Uint8Array(BLOCK);
  let held = 0;
  let total = 0;
  let ended = false;

  const update = (bytes: Uint8Array): void => {
    if (ended) throw new TypeError("sha256: update after digest");
    total += bytes.length;
    let at = 0;
    if (held > 0) {
      at = Math.min(BLOCK - held, bytes.length);
      rest.set(bytes.subarray(0, at), held);
      held += at;
      if (held < BLOCK) return;
      compress(state, w, rest, 0);
      held = 0;
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) compress(state, w, bytes, at);
    if (at < bytes.length) {
      rest.set(bytes.subarray(at));
      held = bytes.length - at;
    }
  };

  const digest = (): string => {
    const end = new Uint8Array(held < BLOCK - 8 ? BLOCK : 2 * BLOCK);
    end.set(rest.subarray(0, held));
    end[held] = 0x80;
    new DataView(end.buffer).setBigUint64(end.length - 8, BigInt(total) * 8n);
    for (let at = 0; at < end.length; at += BLOCK) compress(state, w, end, at);
    ended = true;
    return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  };
  return { update, digest };
}

function compress(state: Int32Array, w: Int32Array, bytes: Uint8Array, at: number): void {
  for (let t = 0; t < 16; t++, at += 4) {
    w[t] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15]!;
    const y = w[t - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + K[t]! + w[t]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

function firstPrimes(n: number): number[] {
  const found: number[] = [];
  for (let i = 2; found.length < n; i++) if (found.every((p) => i % p !== 0)) found.push(i);
  return found;
}

/** The first 32 bits behind the point of the `power`-th root of `p`: the largest x with x^power ≤ p · 2^(32·power), modulo 2³². */
function fraction(root: number, p: number, power: bigint): number {
  const target = BigInt(p) << (32n * power);
  let x = BigInt(Math.floor(root * 2 ** 32));
  while (x ** power > target) x--;
  while ((x + 1n) ** power <= target) x++;
  return Number(BigInt.asIntN(32, x));
}
