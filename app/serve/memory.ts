import { BusyError } from "./refusals.ts";

/** Bytes of photos that are here or on their way, counted by sender. */
export class Memory {
  readonly #held = new Map<string, number>();
  #total = 0;

  /** @param ofSender what one address may hold of `most` */
  constructor(private readonly most: number, private readonly ofSender: number) {}

  /** What one request of this address holds, until it is disposed. */
  hold(address: string): Held {
    return new Held((bytes) => this.#change(address, bytes));
  }

  #change(address: string, bytes: number): void {
    const held = (this.#held.get(address) ?? 0) + bytes;
    if (bytes > 0 && (held > this.ofSender || this.#total + bytes > this.most)) {
      throw new BusyError("too many bytes of photos are here at once: try again");
    }
    this.#total += bytes;
    if (held > 0) this.#held.set(address, held);
    else this.#held.delete(address);
  }
}

class Held implements Disposable {
  #bytes = 0;

  constructor(private readonly change: (bytes: number) => void) {}

  /** @throws {BusyError} where there is no room for them */
  add(bytes: number): void {
    this.change(bytes);
    this.#bytes += bytes;
  }

  [Symbol.dispose](): void {
    this.change(-this.#bytes);
    this.#bytes = 0;
  }
}
