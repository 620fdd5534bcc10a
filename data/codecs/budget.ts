import { ImageError } from "../image.ts";

/** More than any photo's pixels take: eight channels of 16 bits. */
const BYTES_A_PIXEL = 16;
/** No compression makes more bytes, or pixels, of a byte. */
const MAX_EXPANSION = 2 ** 12;
/** Each byte of a file may be read a few times, as where strips share what they hold. */
const READS_A_BYTE = 4;
/** For small photos: tiles larger than they are, tables, the cost of a start. */
const SMALL_CHANGE = 2 ** 22;

/**
 * The bytes that decoding a file may read and write in all. A few bytes can name the same data
 * thousands of times, or tiles far larger than the photo; then work and memory end here, in
 * proportion to the size that the photo claims and to the bytes that it has.
 */
export class Budget {
  #left: number;
  readonly #size: string;

  /** For a photo of `width` by `height` out of a file of `fileBytes`. */
  constructor(width: number, height: number, fileBytes: number) {
    const pixels = Math.min(width * height * BYTES_A_PIXEL, fileBytes * MAX_EXPANSION);
    this.#left = pixels + fileBytes * READS_A_BYTE + SMALL_CHANGE;
    this.#size = `${width} by ${height}`;
  }

  /**
   * Takes what the next piece of work costs, before it is done.
   * @param what names the work, as "its tiles"
   * @throws {ImageError} when there is less left.
   */
  spend(bytes: number, what: string): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    const photo = `a photo of ${this.#size} needs, or than the file can hold`;
    throw new ImageError("too large", `${what} name more data than ${photo}: save it anew`);
  }
}

/**
 * Checks that a compressed file can hold the pixels that it claims, before memory is taken for them.
 * @param most pixels of a byte: a white photo has 170 as JPEG, 1400 as GIF
 * @throws {ImageError} when it cannot.
 */
export function checkExpansion(
  pixels: number,
  fileBytes: number,
  format: string,
  most = MAX_EXPANSION,
): void {
  if (pixels <= fileBytes * most) return;
  throw new ImageError("truncated", `${format} file is too short for the pixels that it claims`);
}
