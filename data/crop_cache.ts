/**
 * Crops that are the same each epoch, up to a limit of bytes. Nothing is evicted: every epoch takes
 * every photo once, so whichever are kept, as many are found.
 */
export class CropCache {
  readonly #crops = new Map<number, Uint8Array>();
  readonly #room: number;

  /** @param cropBytes of each crop */
  constructor(limitBytes: number, cropBytes: number) {
    this.#room = Math.floor(limitBytes / cropBytes);
  }

  get hasRoom(): boolean {
    return this.#crops.size < this.#room;
  }

  get(index: number): Uint8Array | undefined {
    return this.#crops.get(index);
  }

  /** Keeps it where there is room. */
  add(index: number, crop: Uint8Array): void {
    if (this.hasRoom && !this.#crops.has(index)) this.#crops.set(index, crop);
  }
}
