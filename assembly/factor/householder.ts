// householder — elementary reflections, made from a vector and applied to rows.
//
//   H = I − τ·v·vᵀ        v: n, v₀ = 1 and not stored · H symmetric and orthogonal
//
//   reflect        x ← (β, v₁ … v₍ₙ₋₁₎) with H·x = β·e₀, |β| = ‖x‖ and β of the sign opposite to x₀: no cancellation,
//                  and the sign that keeps rows of very different size apart (Higham, ASNA 2e, §19.4)
//   reflect_rows   each row w of W ← w·H
//                  W: rows×n row-major, ldw elements from one row to the next
//
// τ = 0  H is the identity: x is zero below its first element. A tail whose squares vanish counts as zero and is cleared.
// Bytes  x and v: n elements, of which the first is β and is read by neither product · W: rows×n, overlaps v nowhere
// Cost   reflect 3n · reflect_rows 4·rows·n. Each row is computed the same way whatever rows come with it
// Error  H·x = β·e₀ and w·H as if by an exact H and a w changed by ≤ γ·‖w‖, γ = cn·u   Higham, ASNA 2e, Lemma 19.2
// LAPACK xLARFG, xLARF
import { dot } from "../blas/dot";
import { scal } from "../blas/scal";
import { hsum, madd, madd1 } from "../core/simd";

export function reflect<T extends number>(n: usize, x: usize): T {
  const tail = x + sizeof<T>();
  const alpha = load<T>(x);
  const square = dot<T>(n - 1, tail, tail);
  if (square == <T>0) {
    memory.fill(tail, 0, (n - 1) * sizeof<T>());
    return <T>0;
  }
  const norm = sqrt<T>(<T>(alpha * alpha + square));
  const beta = <T>(alpha > <T>0 ? -norm : norm);
  scal<T>(n - 1, <T>(<T>1 / (alpha - beta)), tail);
  store<T>(x, beta);
  return <T>((beta - alpha) / beta);
}

export function reflect_rows<T extends number>(rows: usize, n: usize, v: usize, tau: T, w: usize, ldw: usize): void {
  assert(ldw >= n);
  if (tau == <T>0) return;
  const step = ldw * sizeof<T>();
  let i: usize = 0;
  for (; i + 4 <= rows; i += 4, w += 4 * step) reflect_4<T>(n, v, tau, w, step);
  for (; i < rows; ++i, w += step) reflect_1<T>(n, v, tau, w);
}

/** Four rows share each load of v; element by element they are computed as `reflect_1` does. */
function reflect_4<T extends number>(n: usize, v: usize, tau: T, w0: usize, step: usize): void {
  const w1 = w0 + step, w2 = w1 + step, w3 = w2 + step;
  const end = n * sizeof<T>(), body = sizeof<T>() + ((end - sizeof<T>()) & ~15);
  let a0 = v128.splat<T>(<T>0), a1 = a0, a2 = a0, a3 = a0;
  let j: usize = sizeof<T>();
  for (; j < body; j += 16) {
    const x = v128.load(v + j);
    a0 = madd<T>(x, v128.load(w0 + j), a0);
    a1 = madd<T>(x, v128.load(w1 + j), a1);
    a2 = madd<T>(x, v128.load(w2 + j), a2);
    a3 = madd<T>(x, v128.load(w3 + j), a3);
  }
  let s0 = hsum<T>(a0), s1 = hsum<T>(a1), s2 = hsum<T>(a2), s3 = hsum<T>(a3);
  for (; j < end; j += sizeof<T>()) {
    const x = load<T>(v + j);
    s0 = madd1<T>(x, load<T>(w0 + j), s0);
    s1 = madd1<T>(x, load<T>(w1 + j), s1);
    s2 = madd1<T>(x, load<T>(w2 + j), s2);
    s3 = madd1<T>(x, load<T>(w3 + j), s3);
  }
  s0 = <T>(-tau * (load<T>(w0) + s0));
  s1 = <T>(-tau * (load<T>(w1) + s1));
  s2 = <T>(-tau * (load<T>(w2) + s2));
  s3 = <T>(-tau * (load<T>(w3) + s3));
  store<T>(w0, <T>(load<T>(w0) + s0));
  store<T>(w1, <T>(load<T>(w1) + s1));
  store<T>(w2, <T>(load<T>(w2) + s2));
  store<T>(w3, <T>(load<T>(w3) + s3));
  a0 = v128.splat<T>(s0);
  a1 = v128.splat<T>(s1);
  a2 = v128.splat<T>(s2);
  a3 = v128.splat<T>(s3);
  for (j = sizeof<T>(); j < body; j += 16) {
    const x = v128.load(v + j);
    v128.store(w0 + j, madd<T>(a0, x, v128.load(w0 + j)));
    v128.store(w1 + j, madd<T>(a1, x, v128.load(w1 + j)));
    v128.store(w2 + j, madd<T>(a2, x, v128.load(w2 + j)));
    v128.store(w3 + j, madd<T>(a3, x, v128.load(w3 + j)));
  }
  for (; j < end; j += sizeof<T>()) {
    const x = load<T>(v + j);
    store<T>(w0 + j, madd1<T>(s0, x, load<T>(w0 + j)));
    store<T>(w1 + j, madd1<T>(s1, x, load<T>(w1 + j)));
    store<T>(w2 + j, madd1<T>(s2, x, load<T>(w2 + j)));
    store<T>(w3 + j, madd1<T>(s3, x, load<T>(w3 + j)));
  }
}

function reflect_1<T extends number>(n: usize, v: usize, tau: T, w: usize): void {
  const end = n * sizeof<T>(), body = sizeof<T>() + ((end - sizeof<T>()) & ~15);
  let a = v128.splat<T>(<T>0);
  let j: usize = sizeof<T>();
  for (; j < body; j += 16) a = madd<T>(v128.load(v + j), v128.load(w + j), a);
  let s = hsum<T>(a);
  for (; j < end; j += sizeof<T>()) s = madd1<T>(load<T>(v + j), load<T>(w + j), s);
  s = <T>(-tau * (load<T>(w) + s));
  store<T>(w, <T>(load<T>(w) + s));
  a = v128.splat<T>(s);
  for (j = sizeof<T>(); j < body; j += 16) v128.store(w + j, madd<T>(a, v128.load(v + j), v128.load(w + j)));
  for (; j < end; j += sizeof<T>()) store<T>(w + j, madd1<T>(s, load<T>(v + j), load<T>(w + j)));
}
