/** The bytes end before what is read from them does. */
export class EndOfBytes extends Error {
  override name = "EndOfBytes";
}

/** No integer in a weights file needs as many bytes. */
const LONGEST_INTEGER = 1024;

/** As many arguments as a call surely takes. */
const SPREAD = 4096;

/** Reads numbers and strings one after the other; little-endian, where not said otherwise. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, public offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws {EndOfBytes} where fewer are left; as all the others do */
  expect(length: number) {
    if (length > this.#bytes.length - this.offset) throw new EndOfBytes("the bytes end too early");
  }

  skip(length: number): number {
    this.expect(length);
    const start = this.offset;
    this.offset += length;
    return start;
  }

  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  uint8 = () => this.#view.getUint8(this.skip(1));
  uint16 = () => this.#view.getUint16(this.skip(2), true);
  uint32 = () => this.#view.getUint32(this.skip(4), true);
  int32 = () => this.#view.getInt32(this.skip(4), true);
  uint64 = () => Number(this.#view.getBigUint64(this.skip(8), true));
  bigEndianFloat64 = () => this.#view.getFloat64(this.skip(8));

  /** A two's complement integer; a bigint where a number would not be exact. */
  integer(length: number): number | bigint {
    if (length > LONGEST_INTEGER) throw new RangeError(`an integer of ${length} bytes`);
    let value = 0n;
    for (const byte of this.bytes(length).toReversed()) value = value << 8n | BigInt(byte);
    value = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  utf8(length: number): string {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.bytes(length));
  }

  latin1(length: number): string {
    const bytes = this.bytes(length);
    let text = "";
    for (let at = 0; at < length; at += SPREAD) {
      text += String.fromCharCode(...bytes.subarray(at, at + SPREAD));
    }
    return text;
  }

  /** Up to the next line feed, which is read as well. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.offset);
    if (end < 0) throw new EndOfBytes("the bytes end within a line");
    const text = this.utf8(end - this.offset);
    this.skip(1);
    return text;
  }
}
