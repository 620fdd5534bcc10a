/** A line of the certificate: what was compared with PyTorch, how far off it is, and how far it may be. */
export interface Check {
  stage: Stage;
  what: string;
  /** How many values were compared. */
  compared: number;
  /** The difference nearest to its bound, or furthest beyond it; of exact stages, how many values differ. */
  difference: number;
  bound: number;
  ok: boolean;
  /** Which of several tensors or files that difference is in. */
  worst?: string;
}

export type Stage =
  | "random numbers"
  | "transforms"
  | "decoding"
  | "weights"
  | "logits"
  | "one step"
  | "five steps";

/** Collects comparisons and keeps the worst: the one whose difference is largest beside its bound. */
export class Comparison {
  #compared = 0;
  #worst = { name: undefined as string | undefined, difference: 0, bound: 0, share: -1 };

  /** A difference that is not a number breaks every bound. */
  add(name: string | undefined, compared: number, difference: number, bound: number): this {
    this.#compared += compared;
    const share = Number.isNaN(difference) ? Infinity : difference === 0 ? 0 : difference / bound;
    if (share > this.#worst.share) this.#worst = { name, difference, bound, share };
    return this;
  }

  check(stage: Stage, what: string): Check {
    const { name, difference, bound, share } = this.#worst;
    const ok = this.#compared > 0 && share <= 1;
    const check = { stage, what, compared: this.#compared, difference, bound, ok };
    return name === undefined ? check : { ...check, worst: name };
  }
}

/** Counts values that must be equal to the last bit. */
export class Equality {
  #compared = 0;
  #different = 0;
  #first: string | undefined;

  /** Compares element by element; values of another length are all different. */
  values(name: string, ours: readonly unknown[], theirs: readonly unknown[]): void {
    const same = ours.length === theirs.length
      ? theirs.filter((value, i) => Object.is(value, ours[i])).length
      : 0;
    this.#count(name, Math.max(ours.length, theirs.length), same);
  }

  /** Compares by digest: `count` values are equal or, as far as can be told, all different. */
  digest(name: string, count: number, ours: string, theirs: string): void {
    this.#count(name, count, ours === theirs ? count : 0);
  }

  check(stage: Stage, what: string): Check {
    const worst = this.#first;
    const ok = this.#compared > 0 && this.#different === 0;
    const check = {
      stage,
      what,
      compared: this.#compared,
      difference: this.#different,
      bound: 0,
      ok,
    };
    return worst === undefined ? check : { ...check, worst };
  }

  #count(name: string, compared: number, same: number): void {
    this.#compared += compared;
    this.#different += compared - same;
    if (same < compared) this.#first ??= name;
  }
}
