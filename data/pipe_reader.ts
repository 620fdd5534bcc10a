/**
 * Gives what came next, or undefined at the end; what it gave before may be overwritten. It may put it
 * where it is wanted, and give that part of the room.
 */
type Next = (room: Uint8Array) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/** As much as a pipe holds on Linux. */
const AT_ONCE = 1 << 16;

/** Takes exact amounts out of a stream, such as what another process writes. */
export class PipeReader {
  readonly #next: Next;
  #rest = new Uint8Array(0);
  #lent = new Uint8Array(0);

  constructor(source: ReadableStream<Uint8Array> | Next) {
    this.#next = typeof source === "function" ? source : chunksOf(source);
  }

  /** Bytes in a buffer of their own; undefined where the stream ends before. */
  read(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#fill(new Uint8Array(length));
  }

  /** Bytes that are good until others are borrowed: a buffer for each is much to clear away. */
  borrow(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (length > this.#lent.length) this.#lent = new Uint8Array(2 * length);
    return this.#fill(this.#lent.subarray(0, length));
  }

  async #fill(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (let at = 0; at < bytes.length;) {
      if (this.#rest.length === 0) {
        const room = bytes.subarray(at);
        const next = await this.#next(room);
        if (!next) return undefined;
        if (next.buffer === room.buffer) {
          at += next.length;
          continue;
        }
        this.#rest = next as Uint8Array<ArrayBuffer>;
      }
      const part = this.#rest.subarray(0, bytes.length - at);
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

/** More than this is written in parts as it is. */
const MOST_JOINED = 1 << 22;

/** Puts parts together, as each write and each read has its cost, in a buffer that is used again. */
export class Joiner {
  #buffer = new Uint8Array(0);

  /** The same bytes in fewer parts; good until the next. */
  join(parts: readonly Uint8Array[]): readonly Uint8Array[] {
    const length = parts.reduce((sum, { length }) => sum + length, 0);
    if (length > MOST_JOINED) return parts;
    if (length > this.#buffer.length) {
      this.#buffer = new Uint8Array(Math.min(MOST_JOINED, 2 * length));
    }
    let at = 0;
    for (const part of parts) {
      this.#buffer.set(part, at);
      at += part.length;
    }
    return [this.#buffer.subarray(0, length)];
  }
}

/** In one buffer, where the stream can fill one: a buffer for each chunk is much to clear away. */
function chunksOf(stream: ReadableStream<Uint8Array>): Next {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: "byob" });
  } catch {
    const reader = stream.getReader();
    return async () => (await reader.read()).value;
  }
  let buffer = new ArrayBuffer(AT_ONCE);
  return async () => {
    const { value, done } = await reader.read(new Uint8Array(buffer));
    if (done) return undefined;
    buffer = value.buffer;
    return value;
  };
}
