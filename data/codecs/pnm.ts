import { checkSize, ImageError, type RgbImage } from "../image.ts";
import { roundHalfEven } from "../round_half_even.ts";
import { greyToRgb, unpackBits } from "./samples.ts";

/** Magic number, then width, height and (not for P4) the largest value, with comments between. */
const HEADER = /^P([1-6])(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)/;
const LARGEST = /^(?:\s|#[^\n]*\n)+(\d+)/;
const HEADER_LIMIT = 4096;

/**
 * Decodes a PBM, PGM or PPM file, binary or in plain text, of 8 bits or fewer a sample; 16 bits keep
 * their share of 255.
 * https://netpbm.sourceforge.net/doc/ppm.html
 * @throws {ImageError}
 */
export function decodePnm(bytes: Uint8Array): RgbImage {
  const text = String.fromCharCode(...bytes.subarray(0, HEADER_LIMIT));
  const header = HEADER.exec(text);
  if (!header) throw new ImageError("corrupt", "PNM file without a whole header");
  const [kind, width, height] = header.slice(1).map(Number);
  checkSize(width, height);
  const bitmap = kind === 1 || kind === 4;
  const plain = kind <= 3;
  let at = header[0].length;
  let largest = 1;
  if (!bitmap) {
    const field = LARGEST.exec(text.slice(at));
    if (!field) throw new ImageError("corrupt", "PNM header without the largest value");
    at += field[0].length;
    largest = Number(field[1]);
    if (largest < 1 || largest > 65535) {
      throw new ImageError("corrupt", `PNM with a largest value of ${largest}`);
    }
  }
  const samples = width * height * (kind % 3 === 0 ? 3 : 1);
  if (bitmap) {
    const ink = plain ? readPlainBits(bytes, at, samples) : unpackBits(
      binary(bytes, at, Math.ceil(width / 8) * height),
      width,
      height,
      Math.ceil(width / 8),
      1,
    );
    return { width, height, data: greyToRgb(ink.map((bit) => bit ? 0 : 255)) };
  }
  const scaled = plain
    ? readPlain(bytes, at, samples, largest)
    : scale(binary(bytes, at, samples * (largest > 255 ? 2 : 1)), largest);
  return { width, height, data: samples === width * height ? greyToRgb(scaled) : scaled };
}

/** What follows the header and one white space. */
function binary(bytes: Uint8Array, at: number, length: number): Uint8Array {
  const stored = bytes.subarray(at + 1, at + 1 + length);
  if (stored.length < length) throw cutOff();
  return stored;
}

function cutOff(): ImageError {
  return new ImageError("truncated", "PNM file ends amid its pixels");
}

/** Each sample takes a byte of text at least, so that no memory is taken for what is not there. */
function takeMemory(bytes: Uint8Array, at: number, samples: number): Uint8Array {
  if (bytes.length - at < samples) throw cutOff();
  return new Uint8Array(samples);
}

/** The digits 0 and 1, with or without space between. */
function readPlainBits(bytes: Uint8Array, at: number, samples: number): Uint8Array {
  const out = takeMemory(bytes, at, samples);
  for (let to = 0; to < samples; at++) {
    at = skipComment(bytes, at);
    if (at >= bytes.length) throw cutOff();
    if (isDigit(bytes[at])) out[to++] = bytes[at] - 0x30;
  }
  return out;
}

/** Decimal numbers, scaled to 255. */
function readPlain(bytes: Uint8Array, at: number, samples: number, largest: number): Uint8Array {
  const out = takeMemory(bytes, at, samples);
  for (let to = 0; to < samples; to++) {
    while (at < bytes.length && !isDigit(bytes[at])) at = skipComment(bytes, at + 1);
    if (at >= bytes.length) throw cutOff();
    let value = 0;
    for (; isDigit(bytes[at]); at++) value = Math.min(1e6, value * 10 + bytes[at] - 0x30);
    if (value > largest) throw new ImageError("corrupt", `PNM with a value above its ${largest}`);
    out[to] = roundHalfEven(value / largest * 255);
  }
  return out;
}

/** Past a comment, which goes to the end of its line. */
function skipComment(bytes: Uint8Array, at: number): number {
  while (bytes[at] === 0x23) {
    while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++;
    at++;
  }
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Scales to 255, half to even as Python's `round`. */
function scale(packed: Uint8Array, largest: number): Uint8Array {
  if (largest === 255) return packed.slice();
  const wide = largest > 255;
  const out = new Uint8Array(wide ? packed.length / 2 : packed.length);
  for (let i = 0; i < out.length; i++) {
    const value = wide ? packed[2 * i] << 8 | packed[2 * i + 1] : packed[i];
    out[i] = Math.min(255, roundHalfEven(value / largest * 255));
  }
  return out;
}
