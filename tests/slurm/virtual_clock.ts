/** Time that passes as quickly as there is nothing left to do. */
import { setImmediate } from "node:timers";
import type { Clock } from "../../pipeline/executors/slurm/clock.ts";

export class VirtualClock implements Clock {
  #now = 0;
  /** Sorted, the latest first. */
  readonly #timers: { at: number; ring: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#now + milliseconds, resolve));
  }

  at(time: number, ring: () => void): void {
    let low = 0, high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timers[middle].at > time) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, { at: time, ring });
  }

  /** Lets time pass until `work` is done. */
  async runUntil(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    work.finally(() => isDone = true).catch(() => {});
    while (!isDone) {
      // All that waits for nothing but other promises.
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) break;
      const timer = this.#timers.pop();
      if (!timer) throw new Error("everybody waits, and for nothing");
      this.#now = Math.max(this.#now, timer.at);
      timer.ring();
    }
    await work;
  }
}
