/**
 * What a recorded step reads from JavaScript: its inputs, and values that are the same each time. They
 * lie outside of the memory that it computes in, which they would be overwritten in.
 */
import type { Block, SharedHeap } from "../heap.ts";

export class KeptValues {
  #room?: Block;
  #used = 0;
  /** What did not fit; the next recording has room for it. */
  readonly #more: Block[] = [];

  constructor(private readonly heap: SharedHeap) {}

  /** Whether all of them lie where they may. */
  get fit(): boolean {
    return this.#more.length === 0;
  }

  /** Another recording begins. */
  begin(): void {
    if (!this.fit) {
      const bytes = this.#used + this.#more.reduce((sum, { bytes }) => sum + bytes, 0);
      this.dispose();
      this.#room = this.heap.allocate(bytes / 4);
    }
    this.#used = 0;
  }

  /** Room for `count` values, which goes with this. */
  allocate(count: number): Block {
    const room = this.#room;
    if (room && this.#used + 4 * count <= room.bytes) {
      const pointer = room.pointer + this.#used;
      const bytes = Math.min(Math.ceil(count / 32) * 128, room.bytes - this.#used);
      this.#used += bytes;
      return { pointer, bytes, references: Infinity };
    }
    const block = this.heap.allocate(count);
    this.#more.push(block);
    return { ...block, references: Infinity };
  }

  dispose(): void {
    for (const block of this.#more.splice(0)) this.heap.release(block);
    if (this.#room) this.heap.release(this.#room);
    this.#room = undefined;
  }
}
