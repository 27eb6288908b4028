// self_check — the kernels of this very module, run on small inputs and held to what their headers promise.
import { gemm, gemm_work } from "../blas/gemm";
import { bf16, load1, store1 } from "../core/stored";
import { low_rank_update } from "../merge/low_rank_update";
import { pack_left, pack_right } from "../merge/pack";

/** What was computed, the largest error found, and what was allowed. */
export class Check {
  constructor(public name: string, public error: f64, public bound: f64) {}

  get ok(): bool {
    return this.error <= this.bound;
  }
}

/** `n` values in [−1, 1), the same every time. */
function numbers(n: i32, seed: u32): StaticArray<f32> {
  const out = new StaticArray<f32>(n);
  for (let i = 0; i < n; i++) {
    seed = seed * 1664525 + 1013904223;
    out[i] = <f32>((<f64>seed / 2147483648.0) - 1.0);
  }
  return out;
}

/** A product in f32 against one in f64, in units of the bound in gemm's header. */
export function check_gemm(): Check {
  const m = 13, n = 11, k = 300;
  const a = numbers(m * k, 1), b = numbers(k * n, 2), c = new StaticArray<f32>(m * n);
  const work = new StaticArray<u8>(<i32>gemm_work<f32>(m, n, k));
  gemm<f32>(0, 0, m, n, k, 1, changetype<usize>(a), k, changetype<usize>(b), n, 0, changetype<usize>(c), n, changetype<usize>(work));
  const u = 5.9604644775390625e-8; // 2^−24
  const roundings = <f64>(k + k / 256 + 4) * u;
  let worst = 0.0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0.0, size = 0.0;
      for (let p = 0; p < k; p++) {
        const x = <f64>a[i * k + p] * <f64>b[p * n + j];
        sum += x;
        size += abs(x);
      }
      worst = max(worst, abs(<f64>c[i * n + j] - sum) / (roundings / (1 - roundings) * size));
    }
  }
  return new Check("gemm_f32", worst, 1);
}

/** A bf16 matrix with a product of rank 5 added, against the scalar loop: how many elements differ. */
export function check_low_rank_update(): Check {
  const m = 7, n = 21, r = 5;
  const l = numbers(m * r, 3), x = numbers(r * n, 4), w = numbers(m * n, 5);
  const left = new StaticArray<f32>((m + 3) * r), right = new StaticArray<f32>((n + 7) * r);
  pack_left<f32>(m, r, r, 0, changetype<usize>(l), r, 1, 1, changetype<usize>(left));
  pack_right<f32>(r, n, r, 0, changetype<usize>(x), n, 1, changetype<usize>(right));
  const stored = new StaticArray<u16>(m * n), out = new StaticArray<u16>(m * n), one = new StaticArray<u16>(1);
  const p = changetype<usize>(stored);
  for (let i = 0; i < m * n; i++) store1<bf16>(p + i * 2, w[i]);
  const stats = new StaticArray<f64>(4 * m);
  low_rank_update<bf16>(n, r, changetype<usize>(left), changetype<usize>(right), p, changetype<usize>(out), changetype<usize>(stats), 0, m);
  let wrong = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum: f32 = 0;
      for (let k = 0; k < r; k++) sum = <f32>(sum + <f32>(l[i * r + k] * x[k * n + j]));
      store1<bf16>(changetype<usize>(one), load1<bf16>(p + (i * n + j) * 2) + sum);
      if (one[0] != out[i * n + j]) wrong++;
    }
  }
  return new Check("low_rank_update_bf16", <f64>wrong, 0);
}
