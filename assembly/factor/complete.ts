// complete — more rows for an orthonormal set.
//
//   W: rows×n row-major, ld ≥ n, rows ≤ n; rows 0 … first−1 orthonormal. Rows first … rows−1 are written so that all are.
//
// Each new row begins as the unit vector of which the rows so far hold least, so that at least (n − i)/n of its square is
// left, and is made orthogonal to them twice   Giraud, Langou, Rozložník & van den Eshof, Numer. Math. 101 (2005): twice is enough
//
// work   f64[n], see complete_work
// Bytes  exactly the elements named
// Cost   8n flops for each pair of a new row and one before it
// Error  |W·Wᵀ − I| ≤ c·n·u, given that it holds for the rows at the start
import { axpy } from "../blas/axpy";
import { dot } from "../blas/dot";

export function complete_work(n: usize): usize {
  return n * sizeof<f64>();
}

export function complete<T extends number>(first: usize, rows: usize, n: usize, w: usize, ld: usize, work: usize): void {
  assert(first <= rows && rows <= n && ld >= n);
  const step = ld * sizeof<T>();
  memory.fill(work, 0, n * sizeof<f64>());
  for (let i: usize = 0; i < first; ++i) add_squares<T>(n, w + i * step, work);
  for (let i = first; i < rows; ++i) {
    const row = w + i * step;
    memory.fill(row, 0, n * sizeof<T>());
    store<T>(row + least(n, work) * sizeof<T>(), <T>1);
    for (let pass = 0; pass < 2; ++pass) {
      for (let k: usize = 0; k < i; ++k) axpy<T>(n, <T>-dot<T>(n, row, w + k * step), w + k * step, row);
    }
    const factor = <T>(1 / sqrt<f64>(<f64>dot<T>(n, row, row)));
    for (let j: usize = 0; j < n; ++j) store<T>(row + j * sizeof<T>(), <T>(load<T>(row + j * sizeof<T>()) * factor));
    add_squares<T>(n, row, work);
  }
}

/** held[j] += x[j]². */
function add_squares<T extends number>(n: usize, x: usize, held: usize): void {
  for (let j: usize = 0; j < n; ++j) {
    const value = <f64>load<T>(x + j * sizeof<T>());
    store<f64>(held + j * 8, load<f64>(held + j * 8) + value * value);
  }
}

function least(n: usize, held: usize): usize {
  let at: usize = 0;
  for (let j: usize = 1; j < n; ++j) if (load<f64>(held + j * 8) < load<f64>(held + at * 8)) at = j;
  return at;
}
