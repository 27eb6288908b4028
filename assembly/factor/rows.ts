// rows — the ways from a matrix to its working form and back: rows and columns moved, scaled by powers of two.
//
//   gather           out[i, j] ← a[i·rs + columns[j]·cs]·f·g     out: rows×cols, ld ≥ cols
//   scatter          out[i·rs + columns[j]·cs] ← x[order[i], j]  x: row-major with cols columns, ldx ≥ cols; i < rows
//   gather_rows      out[i] ← x[order[i]], i0 ≤ i < i1           x: row-major with cols columns, ldx ≥ cols · out: ld ≥ cols
//   transpose_lower  out ← Lᵀ                                    L: the lower triangle of x: cols×rows, ldx ≥ rows · out: rows×cols,
//                                                                ld ≥ cols, zero below its diagonal
//   unit_rows        out ← x's rows times their factors, beside the identity: for i < k, out[i] = (x[order[i]]·factors[i], 0 … 0);
//                    for k ≤ i < rows, out[i] = eᵢ               x: k columns, ldx ≥ k · factors: f64[k] · out: rows×cols,
//                                                                ld ≥ cols ≥ rows ≥ k
//
// rs, cs   elements from one row, one column of the strided matrix to the next: (ld, 1) as it lies, (1, ld) transposed
// columns  u32[cols], a permutation · order u32[rows], rows of x
// f, g     powers of two: the factor 2ᵉ in two steps, since e may lie beyond the exponents of T
// Bytes    exactly the elements named; inputs and outputs do not overlap
// Error    none but for numbers that leave the range of T; unit_rows ≤ 2u for each element, of which u in its factor

export function gather<T extends number>(
  rows: usize, cols: usize, a: usize, rs: usize, cs: usize, columns: usize, f: T, g: T, out: usize, ld: usize,
): void {
  assert(ld >= cols);
  for (let i: usize = 0; i < rows; ++i) {
    const row = a + i * rs * sizeof<T>(), to = out + i * ld * sizeof<T>();
    for (let j: usize = 0; j < cols; ++j) {
      const at = <usize>load<u32>(columns + j * 4) * cs;
      store<T>(to + j * sizeof<T>(), <T>(<T>(load<T>(row + at * sizeof<T>()) * f) * g));
    }
  }
}

export function scatter<T extends number>(
  rows: usize, cols: usize, x: usize, ldx: usize, order: usize, columns: usize, out: usize, rs: usize, cs: usize,
): void {
  assert(ldx >= cols);
  for (let i: usize = 0; i < rows; ++i) {
    const row = x + <usize>load<u32>(order + i * 4) * ldx * sizeof<T>(), to = out + i * rs * sizeof<T>();
    for (let j: usize = 0; j < cols; ++j) {
      const at = <usize>load<u32>(columns + j * 4) * cs;
      store<T>(to + at * sizeof<T>(), load<T>(row + j * sizeof<T>()));
    }
  }
}

export function gather_rows<T extends number>(
  cols: usize, x: usize, ldx: usize, order: usize, out: usize, ld: usize, i0: usize, i1: usize,
): void {
  assert(ldx >= cols && ld >= cols);
  for (let i = i0; i < i1; ++i) {
    memory.copy(out + i * ld * sizeof<T>(), x + <usize>load<u32>(order + i * 4) * ldx * sizeof<T>(), cols * sizeof<T>());
  }
}

export function transpose_lower<T extends number>(rows: usize, cols: usize, x: usize, ldx: usize, out: usize, ld: usize): void {
  assert(ldx >= rows && ld >= cols && rows <= cols);
  for (let i: usize = 0; i < rows; ++i) {
    const to = out + i * ld * sizeof<T>();
    memory.fill(to, 0, i * sizeof<T>());
    for (let j = i; j < cols; ++j) store<T>(to + j * sizeof<T>(), load<T>(x + (j * ldx + i) * sizeof<T>()));
  }
}

export function unit_rows<T extends number>(
  rows: usize, cols: usize, k: usize, x: usize, ldx: usize, order: usize, factors: usize, out: usize, ld: usize,
): void {
  assert(k <= rows && rows <= cols && ldx >= k && ld >= cols);
  for (let i: usize = 0; i < rows; ++i) {
    const to = out + i * ld * sizeof<T>();
    memory.fill(to, 0, cols * sizeof<T>());
    if (i >= k) {
      store<T>(to + i * sizeof<T>(), <T>1);
      continue;
    }
    const row = x + <usize>load<u32>(order + i * 4) * ldx * sizeof<T>(), factor = <T>load<f64>(factors + i * 8);
    for (let j: usize = 0; j < k; ++j) store<T>(to + j * sizeof<T>(), <T>(load<T>(row + j * sizeof<T>()) * factor));
  }
}
