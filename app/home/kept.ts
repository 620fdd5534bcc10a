/** What takes long to make, made once and kept for those who ask again, the last few of it. */
export class Kept<Value> {
  readonly #values = new Map<string, Promise<Value>>();

  /** @param most that are kept at a time */
  constructor(private readonly most: number) {}

  /** Those who ask while it is made wait for the same; what failed is made anew. */
  get(name: string, make: () => Promise<Value>): Promise<Value> {
    const value = this.#values.get(name) ?? make();
    // The one asked for last stands last.
    this.#values.delete(name);
    this.#values.set(name, value);
    value.catch(() => this.#values.delete(name));
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.most) break;
      this.#values.delete(oldest);
    }
    return value;
  }
}
