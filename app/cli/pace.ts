/** How long running steps will still take. */
export class Pace {
  /** Where each step was when it first said how far it is: one that goes on did not begin at 0. */
  readonly #first = new Map<string, { done: number; at: number }>();

  /** A step begins anew. */
  start(step: string): void {
    this.#first.delete(step);
  }

  /**
   * What the step itself says, else by its pace so far.
   * @param at milliseconds on any clock
   */
  secondsLeft(
    { step, done, total, seconds_left }: {
      step: string;
      done: number;
      total?: number;
      seconds_left?: unknown;
    },
    at: number,
  ): number | undefined {
    if (typeof seconds_left === "number") return seconds_left;
    const first = this.#first.get(step) ?? { done, at };
    this.#first.set(step, first);
    return total
      ? secondsLeft(done - first.done, total - first.done, (at - first.at) / 1000)
      : undefined;
  }
}

/** Seconds left at the pace so far, or undefined while that is a guess. */
export function secondsLeft(done: number, total: number, elapsedSeconds: number) {
  if (done <= 0 || elapsedSeconds < 1) return undefined;
  return (elapsedSeconds / done) * (total - done);
}
