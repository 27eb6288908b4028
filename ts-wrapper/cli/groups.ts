/** The pattern that tensors of the same place in every layer share: `model.layers.*.mlp.up_proj.weight`. */
export function patternOf(name: string): string {
  return name.replace(/(?<=^|\.)\d+(?=\.|$)/g, "*");
}

/** Items by the pattern of their names, in the order in which patterns first appear. */
export function groupByPattern<T extends { readonly name: string }>(items: Iterable<T>): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const pattern = patternOf(item.name);
    const group = groups.get(pattern);
    if (group) group.push(item);
    else groups.set(pattern, [item]);
  }
  return groups;
}

/** The different values among many, joined, in the order in which they first appear. */
export function distinct(values: Iterable<string>): string {
  return [...new Set(values)].join(", ");
}
