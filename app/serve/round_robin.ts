/** Items of many senders, taken in turn: one sender's many do not hold up another's few. */
export class RoundRobin<Item> {
  /** The sender whose turn is next comes first. */
  readonly #lanes = new Map<string, Item[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(sender: string, item: Item): void {
    const lane = this.#lanes.get(sender);
    if (lane) lane.push(item);
    else this.#lanes.set(sender, [item]);
    this.#size++;
  }

  /** The oldest item of the sender whose turn it is, among those whose `may` holds. */
  take(may: (sender: string) => boolean = () => true): { sender: string; item: Item } | undefined {
    for (const [sender, lane] of this.#lanes) {
      if (!may(sender)) continue;
      const item = lane.shift()!;
      this.#size--;
      this.#lanes.delete(sender);
      if (lane.length > 0) this.#lanes.set(sender, lane);
      return { sender, item };
    }
  }

  /** The newest item of a sender. */
  takeNewest(sender: string): Item | undefined {
    const lane = this.#lanes.get(sender);
    const item = lane?.pop();
    if (!lane || item === undefined) return undefined;
    this.#size--;
    if (lane.length === 0) this.#lanes.delete(sender);
    return item;
  }
}
