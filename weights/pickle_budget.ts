/** How much a pickle may build: a few bytes can ask for more than a computer has. */
import { PickleError } from "./pickle_machine.ts";

/** What any file may build, what a byte of it adds, and what none exceeds; in bytes of memory. */
const LEAST = 64 << 20, PER_BYTE = 48, MOST = 512 << 20;

/**
 * Estimates of what V8 takes, in bytes, of an array, a Map or a Set, and their entries; an operation
 * counts for its time as well.
 */
const OPERATION = 48, ARRAY = 64, HASHED = 200, ENTRY = 40;

/**
 * Memory that the operations of a pickle use up, whether or not it is freed later, so that time is
 * bounded as well. A tensor costs about 4 kB and fills 100 bytes of pickle at least: no file of
 * weights comes near the limit.
 */
export class PickleBudget {
  #left: number;

  /** @param fileBytes of the whole file, as it lies on the disk: a zip can inflate a thousandfold */
  constructor(fileBytes: number) {
    this.#left = Math.min(MOST, LEAST + PER_BYTE * fileBytes);
  }

  operation = () => this.#spend(OPERATION);
  array = () => this.#spend(ARRAY);
  hashed = () => this.#spend(HASHED);
  entries = (count: number) => this.#spend(count * ENTRY);
  /** Strings have up to two bytes a character. */
  text = (length: number) => this.#spend(2 * length);

  #spend(bytes: number) {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw new PickleError(
      "its pickle makes more objects than any file of weights of its size does: it is damaged, or " +
        "made to fill the memory of whoever opens it",
    );
  }
}
