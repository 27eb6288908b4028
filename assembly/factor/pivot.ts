// pivot — the largest of what is left, brought to the front.
//
//   argmax     the first place of the largest among x[from] … x[n−1]     x: f64[n], from < n
//   swap_rows  x ↔ y                                                     n elements each
//   swap       x[a] ↔ x[b]                                               x: T[…]
//
// Bytes  exactly the elements named; any alignment; the rows do not overlap

export function argmax(from: usize, n: usize, x: usize): usize {
  assert(from < n);
  let at = from;
  let most = load<f64>(x + from * 8);
  for (let j = from + 1; j < n; ++j) {
    const value = load<f64>(x + j * 8);
    if (value > most) {
      most = value;
      at = j;
    }
  }
  return at;
}

export function swap<T>(x: usize, a: usize, b: usize): void {
  const value = load<T>(x + a * sizeof<T>());
  store<T>(x + a * sizeof<T>(), load<T>(x + b * sizeof<T>()));
  store<T>(x + b * sizeof<T>(), value);
}

export function swap_rows<T extends number>(n: usize, x: usize, y: usize): void {
  const end = n * sizeof<T>(), body = end & ~15;
  let j: usize = 0;
  for (; j < body; j += 16) {
    const t = v128.load(x + j);
    v128.store(x + j, v128.load(y + j));
    v128.store(y + j, t);
  }
  for (; j < end; j += sizeof<T>()) {
    const t = load<T>(x + j);
    store<T>(x + j, load<T>(y + j));
    store<T>(y + j, t);
  }
}
