import { Unzlib } from "fflate";
import { ImageError, LARGE_SCALE, type RgbImage } from "../image.ts";
import type { PngChunks } from "./png_chunks.ts";
import { unfilter } from "./png_filters.ts";
import { samplesToRgb } from "./png_samples.ts";

/** Compressed bytes at a time: they become 17 MB at most. */
const PIECE = 2 ** 14;

/**
 * Decodes a PNG to a part of its size, row by row, in memory for that part: each pixel is the mean of
 * the square of pixels, or of what there is of it, that it stands for.
 * @param bits a pixel
 * @throws {ImageError}
 */
export function decodeLargePng({ header, palette, compressed }: PngChunks, bits: number): RgbImage {
  const { width, height } = header;
  if (header.interlaced) {
    throw new ImageError(
      "too large",
      `interlaced PNG of ${width}×${height} pixels: save it without interlacing, or smaller`,
    );
  }
  const rowBytes = Math.ceil(width * bits / 8);
  const squares = new SquareMeans(width, height);
  const rows = new RowSplitter(rowBytes, Math.max(1, bits >> 3), (samples) => {
    squares.add(samplesToRgb(samples, width, 1, rowBytes, header, palette));
    return squares.isFull;
  });
  const inflating = new Unzlib((piece) => rows.push(piece));
  try {
    for (let at = 0; at < compressed.length && !squares.isFull; at += PIECE) {
      inflating.push(compressed.subarray(at, at + PIECE));
    }
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    throw new ImageError("corrupt", `PNG pixels: ${(cause as Error).message}`, { cause });
  }
  if (!squares.isFull) throw new ImageError("truncated", "PNG file ends amid its pixels");
  return squares.image;
}

/** Cuts a stream of filtered bytes into rows and undoes their filters. */
class RowSplitter {
  /** The row above, without its filter byte, and the one that comes, with it, as `unfilter` wants them. */
  readonly #rows: Uint8Array;
  #filled = 0;
  #isDone = false;

  /** @param take gets each row; true once it wants no more */
  constructor(
    private readonly rowBytes: number,
    private readonly step: number,
    private readonly take: (row: Uint8Array) => boolean,
  ) {
    this.#rows = new Uint8Array(2 * (rowBytes + 1));
  }

  push(bytes: Uint8Array): void {
    const { rowBytes } = this;
    for (let at = 0; at < bytes.length && !this.#isDone;) {
      const part = bytes.subarray(at, at + rowBytes + 1 - this.#filled);
      this.#rows.set(part, rowBytes + 1 + this.#filled);
      at += part.length;
      this.#filled += part.length;
      if (this.#filled <= rowBytes) return;
      this.#filled = 0;
      // The row above goes first, as a row without a filter: it stays what it is.
      const both = unfilter(this.#rows, 2, rowBytes, this.step);
      const row = both.slice(rowBytes);
      this.#isDone = this.take(row);
      this.#rows[0] = 0;
      this.#rows.set(row, 1);
    }
  }
}

/** A photo of which rows come one after the other, at `1 / LARGE_SCALE` of its size. */
class SquareMeans {
  readonly image: RgbImage;
  readonly #sums: Float64Array;
  #row = 0;

  constructor(private readonly width: number, private readonly height: number) {
    const small = {
      width: Math.ceil(width / LARGE_SCALE),
      height: Math.ceil(height / LARGE_SCALE),
    };
    this.image = { ...small, data: new Uint8Array(small.width * small.height * 3) };
    this.#sums = new Float64Array(small.width * 3);
  }

  get isFull(): boolean {
    return this.#row === this.height;
  }

  /** @param rgb of a whole row */
  add(rgb: Uint8Array): void {
    const sums = this.#sums;
    for (let from = 0, to = 0; from < rgb.length; to += 3) {
      const end = Math.min(from + 3 * LARGE_SCALE, rgb.length);
      let [red, green, blue] = [0, 0, 0];
      for (; from < end; from += 3) {
        red += rgb[from];
        green += rgb[from + 1];
        blue += rgb[from + 2];
      }
      sums[to] += red;
      sums[to + 1] += green;
      sums[to + 2] += blue;
    }
    this.#row++;
    if (this.#row % LARGE_SCALE === 0 || this.isFull) this.#finishSquares();
  }

  #finishSquares(): void {
    const rows = (this.#row - 1) % LARGE_SCALE + 1;
    const start = Math.floor((this.#row - 1) / LARGE_SCALE) * this.#sums.length;
    for (let i = 0; i < this.#sums.length; i++) {
      const column = Math.floor(i / 3) * LARGE_SCALE;
      const columns = Math.min(LARGE_SCALE, this.width - column);
      this.image.data[start + i] = Math.round(this.#sums[i] / (rows * columns));
    }
    this.#sums.fill(0);
  }
}
