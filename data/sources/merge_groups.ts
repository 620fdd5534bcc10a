/** Groups that share a photo are one. */
export function mergeGroups<Item>(groups: readonly Item[][]): Item[][] {
  const parent = groups.map((_, i) => i);
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]];
    return i;
  };
  const groupOf = new Map<Item, number>();
  for (const [i, group] of groups.entries()) {
    for (const item of group) {
      const other = groupOf.get(item);
      if (other === undefined) groupOf.set(item, i);
      else parent[root(i)] = root(other);
    }
  }
  const merged = Map.groupBy(groupOf.keys(), (item) => root(groupOf.get(item)!));
  return [...merged.values()];
}
