import { ImageError } from "../image.ts";

/**
 * Undoes the filter of each row, in place, and returns the rows without their filter bytes: the
 * beginning of `filtered`, since each row moves forward by the filter bytes before it.
 * @param filtered rows of one filter byte and `rowBytes` bytes; is overwritten
 * @param step bytes from a sample to the same sample of the pixel before
 * https://www.w3.org/TR/png-3/#9Filters
 */
export function unfilter(
  filtered: Uint8Array,
  rows: number,
  rowBytes: number,
  step: number,
): Uint8Array {
  const nothingAbove = new Uint8Array(rowBytes);
  for (let row = 0; row < rows; row++) {
    const from = row * (rowBytes + 1);
    const to = row * rowBytes;
    const above = row === 0 ? nothingAbove : filtered;
    const aboveAt = row === 0 ? 0 : to - rowBytes;
    unfilterRow(filtered[from], filtered, from + 1, to, rowBytes, above, aboveAt, step);
  }
  return filtered.subarray(0, rows * rowBytes);
}

/** Positions and no views: a picture may have millions of rows of one pixel. */
function unfilterRow(
  filter: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  length: number,
  above: Uint8Array,
  aboveAt: number,
  step: number,
): void {
  const first = Math.min(step, length);
  switch (filter) {
    case 0:
      // A call for a few bytes costs more than the bytes.
      if (length >= 64) bytes.copyWithin(to, from, from + length);
      else for (let i = 0; i < length; i++) bytes[to + i] = bytes[from + i];
      break;
    case 1:
      for (let i = 0; i < first; i++) bytes[to + i] = bytes[from + i];
      for (let i = step; i < length; i++) bytes[to + i] = bytes[from + i] + bytes[to + i - step];
      break;
    case 2:
      for (let i = 0; i < length; i++) bytes[to + i] = bytes[from + i] + above[aboveAt + i];
      break;
    case 3:
      for (let i = 0; i < first; i++) bytes[to + i] = bytes[from + i] + (above[aboveAt + i] >> 1);
      for (let i = step; i < length; i++) {
        bytes[to + i] = bytes[from + i] + ((bytes[to + i - step] + above[aboveAt + i]) >> 1);
      }
      break;
    case 4:
      for (let i = 0; i < first; i++) bytes[to + i] = bytes[from + i] + above[aboveAt + i];
      for (let i = step; i < length; i++) {
        bytes[to + i] = bytes[from + i] +
          paeth(bytes[to + i - step], above[aboveAt + i], above[aboveAt + i - step]);
      }
      break;
    default:
      throw new ImageError("corrupt", `PNG row with filter ${filter}`);
  }
}

/** Whichever of left, above and upper left is nearest to left + above - upperLeft. */
function paeth(left: number, above: number, upperLeft: number): number {
  const toLeft = Math.abs(above - upperLeft);
  const toAbove = Math.abs(left - upperLeft);
  const toUpperLeft = Math.abs(left + above - 2 * upperLeft);
  if (toLeft <= toAbove && toLeft <= toUpperLeft) return left;
  return toAbove <= toUpperLeft ? above : upperLeft;
}
