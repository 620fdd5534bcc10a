/**
 * Writes the pickle of a state dict, protocol 2, as torch.save does: numbers, strings, containers,
 * and the globals that torch's safe loader (`weights_only=True`) allows.
 *
 * Source: CPython's Lib/pickletools.py (opcodes), torch/serialization.py (`_save`).
 */

/** Bytes with the pickle's opcodes. */
export class PickleWriter {
  readonly #parts: Uint8Array[] = [];

  constructor() {
    this.#bytes(0x80, 2); // PROTO
  }

  /** MARK, for a tuple or the items of a dict that follow. */
  mark(): this {
    return this.#op("(");
  }

  /** TUPLE of all since the mark. */
  tuple(): this {
    return this.#op("t");
  }

  /** SETITEMS: keys and values since the mark, into the dict below it. */
  setItems(): this {
    return this.#op("u");
  }

  /** GLOBAL. */
  global(module: string, name: string): this {
    return this.#op(`c${module}\n${name}\n`);
  }

  /** REDUCE: calls what lies below the tuple of arguments. */
  call(): this {
    return this.#op("R");
  }

  /** BINPERSID: what the tuple above names outside the pickle. */
  persistent(): this {
    return this.#op("Q");
  }

  /** NEWTRUE or NEWFALSE. */
  boolean(value: boolean): this {
    return this.#bytes(value ? 0x88 : 0x89);
  }

  /** BININT, or LONG1 where the number needs more than 32 bits. */
  integer(value: number): this {
    const bytes = new DataView(new ArrayBuffer(8));
    if (value === (value | 0)) {
      bytes.setInt32(0, value, true);
      return this.#op("J").#bytes(...new Uint8Array(bytes.buffer, 0, 4));
    }
    bytes.setBigInt64(0, BigInt(value), true);
    return this.#bytes(0x8a, 8, ...new Uint8Array(bytes.buffer));
  }

  /** BINUNICODE. */
  text(value: string): this {
    const utf8 = new TextEncoder().encode(value);
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, utf8.length, true);
    this.#op("X").#bytes(...new Uint8Array(length.buffer));
    this.#parts.push(utf8);
    return this;
  }

  /** The whole pickle, ended by STOP. */
  async finish(): Promise<Uint8Array<ArrayBuffer>> {
    this.#op(".");
    return await new Blob(this.#parts as Uint8Array<ArrayBuffer>[]).bytes();
  }

  #op(text: string): this {
    this.#parts.push(new TextEncoder().encode(text));
    return this;
  }

  #bytes(...bytes: number[]): this {
    this.#parts.push(Uint8Array.from(bytes));
    return this;
  }
}
