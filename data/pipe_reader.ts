/** Takes exact amounts out of a stream, such as what another process writes. */
export class PipeReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest = new Uint8Array(0);

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Bytes in a buffer of their own; undefined where the stream ends before. */
  async read(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#reader.read();
        if (done) return undefined;
        this.#rest = value as Uint8Array<ArrayBuffer>;
      }
      const part = this.#rest.subarray(0, length - at);
      bytes.set(part, at);
      at += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return bytes;
  }

  /** Numbers of four bytes, in the machine's order: both ends are on one machine. */
  async readUint32s(count: number): Promise<Uint32Array | undefined> {
    const bytes = await this.read(4 * count);
    return bytes && new Uint32Array(bytes.buffer);
  }
}

/** What `readUint32s` reads. */
export function uint32Bytes(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
