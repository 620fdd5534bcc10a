/** Items in sets that are joined as it turns out that they belong together. */

/** Union-find. Tarjan 1975, https://doi.org/10.1145/321879.321884. */
export class DisjointSets {
  readonly #above: Int32Array;

  /** @param count items, from 0 on, each in a set of its own */
  constructor(count: number) {
    this.#above = Int32Array.from({ length: count }, (_, i) => i);
  }

  /** The first item of an item's set. */
  find(item: number): number {
    while (this.#above[item] !== item) {
      item = this.#above[item] = this.#above[this.#above[item]];
    }
    return item;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.find(a), this.find(b)].sort((x, y) => x - y);
    this.#above[second] = first;
  }

  /** Sets with more than one item. */
  several(): number[][] {
    const sets = Map.groupBy(this.#above.keys(), (item) => this.find(item));
    return [...sets.values()].filter(({ length }) => length > 1);
  }
}
