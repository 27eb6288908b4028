// triangle — a symmetric matrix given by one of its triangles.
//
//   triangle_peak  the largest |a[i, j]| of the lower triangle, its diagonal with it     a: n×n, lda ≥ n
//   mirror         the lower triangle copied over the upper one
//
// rs, cs  elements from one row, one column to the next: (lda, 1) as it lies, (1, lda) for the upper triangle
// NaN     anywhere in the triangle makes the peak NaN, Inf makes it Inf or NaN
// Bytes   exactly the elements named
// Error   none

export function triangle_peak<T extends number>(n: usize, a: usize, rs: usize, cs: usize): T {
  let peak = <T>0;
  for (let i: usize = 0; i < n; ++i) {
    const row = a + i * rs * sizeof<T>();
    for (let j: usize = 0; j <= i; ++j) peak = max<T>(peak, abs<T>(load<T>(row + j * cs * sizeof<T>())));
  }
  return peak;
}

export function mirror<T extends number>(n: usize, a: usize, rs: usize, cs: usize): void {
  for (let i: usize = 0; i < n; ++i) {
    for (let j: usize = 0; j < i; ++j) {
      store<T>(a + (j * rs + i * cs) * sizeof<T>(), load<T>(a + (i * rs + j * cs) * sizeof<T>()));
    }
  }
}
