/** Photos as telephones take them, drawn block by block: a JPEG of 12 megapixels in a tenth of a second. */
import { hashUniform } from "./certify/hash_numbers.ts";

const DISCS = 7;
/** Luma blocks of a group (4:2:0). */
const LUMA = 4;
/** Steps of what varies within a block: coarse, so that few bits make it look alive. */
const [DC_STEP, AC_STEP] = [8, 24];
/** Codes of one length each: a category of a difference, or how many zeros come before and its bits. */
const [DC_BITS, AC_BITS] = [4, 5];
const DC_SYMBOLS = Array.from({ length: 12 }, (_, i) => i);
const RUNS = 4, SIZES = 4;
const AC_SYMBOLS = [
  0, // the block ends
  ...Array.from({ length: RUNS * SIZES }, (_, i) => (Math.trunc(i / SIZES) << 4) | (i % SIZES + 1)),
];

/**
 * Discs and a slope with noise, about a quarter of a bit a pixel more than half: 0.8 MB of 12 megapixels.
 *
 * @param warmth what red has more than blue, of 255
 */
export function drawnJpeg(
  seed: number,
  width: number,
  height: number,
  warmth: number,
): Uint8Array<ArrayBuffer> {
  const marker = (code: number, ...body: number[]) => {
    const length = body.length + 2;
    return [0xff, code, length >> 8, length & 255, ...body];
  };
  const quantization = Array.from({ length: 64 }, (_, i) => i === 0 ? DC_STEP : AC_STEP);
  const table = (id: number, bits: number, symbols: number[]) => [
    ...[id, ...Array.from({ length: 16 }, (_, i) => i + 1 === bits ? symbols.length : 0)],
    ...symbols,
  ];
  const head = [
    ...[0xff, 0xd8, ...marker(0xdb, 0, ...quantization)],
    ...marker(
      0xc0,
      ...[8, height >> 8, height & 255, width >> 8, width & 255, 3],
      ...[1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0],
    ),
    ...marker(0xc4, ...table(0, DC_BITS, DC_SYMBOLS), ...table(0x10, AC_BITS, AC_SYMBOLS)),
    ...marker(0xda, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0),
  ];
  const scan = drawScan(seed, Math.ceil(width / 16), Math.ceil(height / 16), warmth);
  const file = new Uint8Array(head.length + scan.length + 2);
  file.set(head);
  file.set(scan, head.length);
  file.set([0xff, 0xd9], file.length - 2);
  return file;
}

function drawScan(seed: number, columns: number, rows: number, warmth: number): Uint8Array {
  const chance = hashUniform(1 + seed, 4 * DISCS + 4);
  const [tiltX, tiltY, base] = [40 * chance[0], 40 * chance[1], 30 * chance[2]];
  const discs = Array.from({ length: DISCS }, (_, i) => {
    const [x, y, radius, tone] = chance.subarray(4 + 4 * i, 8 + 4 * i);
    return { x: (x + 1) / 2, y: (y + 1) / 2, radius: 0.1 + 0.08 * (radius + 1), tone: 70 * tone };
  });
  const out = new BitWriter(columns * rows * 40);
  const before = [0, 0, 0];
  let state = (seed * 2654435761 + 1) >>> 0;
  const next = () => state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  const block = (component: number, value: number) => {
    const level = Math.round(value);
    out.difference(level - before[component]);
    before[component] = level;
    for (let i = 0; i < (component === 0 ? 2 : 1); i++) {
      const noise = next();
      const size = 1 + (noise >>> 28) % 2;
      const bits = (noise >>> 12) & ((1 << size) - 1);
      out.put(1 + ((noise >>> 20) % RUNS) * SIZES + size - 1, AC_BITS);
      out.put(bits, size);
    }
    out.put(0, AC_BITS);
  };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < LUMA; i++) {
        const u = (column + (i & 1) / 2) / columns, v = (row + (i >> 1) / 2) / rows;
        let value = base + tiltX * u + tiltY * v;
        for (const { x, y, radius, tone } of discs) {
          if ((u - x) ** 2 + (v - y) ** 2 < radius * radius) value = tone;
        }
        block(0, value);
      }
      block(1, -0.35 * warmth);
      block(2, 0.4 * warmth);
    }
  }
  return out.finish();
}

/** Bits of a scan: after a byte of ones comes one of zeros. */
class BitWriter {
  readonly #bytes: Uint8Array;
  #length = 0;
  #bits = 0;
  #count = 0;

  constructor(most: number) {
    this.#bytes = new Uint8Array(most);
  }

  put(value: number, bits: number): void {
    this.#bits = (this.#bits << bits) | value;
    this.#count += bits;
    while (this.#count >= 8) {
      this.#count -= 8;
      const byte = (this.#bits >>> this.#count) & 255;
      this.#bytes[this.#length++] = byte;
      if (byte === 255) this.#bytes[this.#length++] = 0;
    }
    this.#bits &= (1 << this.#count) - 1;
  }

  /** Its number of bits, and these; a negative one as its complement (ITU-T T.81, F.1.2.1). */
  difference(value: number): void {
    const size = 32 - Math.clz32(Math.abs(value));
    this.put(size, DC_BITS);
    if (size > 0) this.put(value < 0 ? value + (1 << size) - 1 : value, size);
  }

  finish(): Uint8Array {
    if (this.#count > 0) this.put((1 << (8 - this.#count)) - 1, 8 - this.#count);
    return this.#bytes.subarray(0, this.#length);
  }
}
