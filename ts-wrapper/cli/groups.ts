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

/**
 * Items by pattern and by a trait, where a group may have several: then the numbers stand in place of `*`, as in
 * `model.layers.{0,2}.mlp.up_proj.weight`.
 */
export function groupByTrait<T extends { readonly name: string }>(
  items: Iterable<T>,
  trait: (item: T) => string,
): [label: string, members: T[]][] {
  const groups: [string, T[]][] = [];
  for (const [pattern, members] of groupByPattern(items)) {
    const parts = new Map<string, T[]>();
    for (const item of members) parts.set(trait(item), [...(parts.get(trait(item)) ?? []), item]);
    for (const part of parts.values()) groups.push([parts.size > 1 ? labelOf(pattern, part) : pattern, part]);
  }
  return groups;
}

/** A pattern with the numbers that its members have at each `*`. */
function labelOf(pattern: string, members: readonly { readonly name: string }[]): string {
  const split = members.map((m) => m.name.split("."));
  return pattern
    .split(".")
    .map((part, i) => {
      if (part !== "*") return part;
      const numbers = [...new Set(split.map((s) => s[i] ?? ""))];
      return numbers.length > 1 ? `{${numbers.join(",")}}` : (numbers[0] ?? part);
    })
    .join(".");
}

/** The different values among many, joined, in the order in which they first appear. */
export function distinct(values: Iterable<string>): string {
  return [...new Set(values)].join(", ");
}
