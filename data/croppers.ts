import { CROPPING } from "./crop_processes.ts";
import { FirstProcess } from "./process_chain.ts";

/** Others start when they are taken. */
const MOST_AT_ONCE = 8;

/**
 * Processes that cut photos, started before it is known who takes the crops: that takes them as long as
 * it takes to find out. All of them end with this.
 */
export class Croppers implements Disposable {
  readonly #all: FirstProcess[];
  #taken = 0;

  /** @param count how many will be wanted, as far as one can say: they start at once */
  constructor(count: number) {
    const length = Math.min(count, MOST_AT_ONCE);
    this.#all = Array.from({ length }, () => new FirstProcess(CROPPING));
  }

  /** One that nobody has. */
  take(): FirstProcess {
    if (this.#taken === this.#all.length) this.#all.push(new FirstProcess(CROPPING));
    return this.#all[this.#taken++];
  }

  [Symbol.dispose](): void {
    for (const process of this.#all) process[Symbol.dispose]();
  }
}
