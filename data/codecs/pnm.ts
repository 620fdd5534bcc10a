import { checkSize, ImageError, type RgbImage } from "../image.ts";
import { roundHalfEven } from "../round_half_even.ts";
import { greyToRgb, unpackBits } from "./samples.ts";

/** Magic number, then width, height and (not for P4) the largest value, with comments between. */
const HEADER = /^P([456])(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)/;
const LARGEST = /^(?:\s|#[^\n]*\n)+(\d+)/;
const HEADER_LIMIT = 4096;

/**
 * Decodes a binary PBM, PGM or PPM file of 8 bits or fewer a sample; 16 bits keep their share of 255.
 * https://netpbm.sourceforge.net/doc/ppm.html
 * @throws {ImageError}
 */
export function decodePnm(bytes: Uint8Array): RgbImage {
  const text = String.fromCharCode(...bytes.subarray(0, HEADER_LIMIT));
  const header = HEADER.exec(text);
  if (!header) throw new ImageError("unsupported", "PNM file in plain text, or without a header");
  const [kind, width, height] = header.slice(1).map(Number);
  checkSize(width, height);
  let at = header[0].length;
  let largest = 1;
  if (kind !== 4) {
    const field = LARGEST.exec(text.slice(at));
    if (!field) throw new ImageError("corrupt", "PNM header without the largest value");
    at += field[0].length;
    largest = Number(field[1]);
    if (largest < 1 || largest > 65535) {
      throw new ImageError("corrupt", `PNM with a largest value of ${largest}`);
    }
  }
  at++; // one white space
  const rowBytes = kind === 4
    ? Math.ceil(width / 8)
    : width * (kind === 6 ? 3 : 1) * (largest > 255 ? 2 : 1);
  const packed = bytes.subarray(at, at + rowBytes * height);
  if (packed.length < rowBytes * height) {
    throw new ImageError("truncated", "PNM file ends amid its pixels");
  }
  if (kind === 4) {
    const ink = unpackBits(packed, width, height, rowBytes, 1);
    return { width, height, data: greyToRgb(ink.map((bit) => bit ? 0 : 255)) };
  }
  const samples = scale(packed, largest);
  return { width, height, data: kind === 5 ? greyToRgb(samples) : samples };
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
