/**
 * Crops that are the same each epoch, up to a limit of bytes. Nothing is evicted: every epoch takes
 * every photo once, so whichever are kept, as many are found.
 */
export class CropCache {
  readonly #crops = new Map<number, Uint8Array>();
  #room: number;

  constructor(limitBytes: number) {
    this.#room = limitBytes;
  }

  get(index: number): Uint8Array | undefined {
    return this.#crops.get(index);
  }

  /** Keeps a copy where there is room. */
  add(index: number, pixels: Uint8Array): void {
    if (pixels.length > this.#room || this.#crops.has(index)) return;
    this.#crops.set(index, pixels.slice());
    this.#room -= pixels.length;
  }
}
