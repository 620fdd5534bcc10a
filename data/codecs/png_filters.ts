import { ImageError } from "../image.ts";

/**
 * Undoes the filter of each row, in place, and returns the rows without their filter bytes.
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
  const out = new Uint8Array(rows * rowBytes);
  for (let row = 0; row < rows; row++) {
    const at = row * (rowBytes + 1);
    const current = filtered.subarray(at + 1, at + 1 + rowBytes);
    const above = row === 0 ? new Uint8Array(rowBytes) : out.subarray((row - 1) * rowBytes);
    unfilterRow(filtered[at], current, above, out.subarray(row * rowBytes), step);
  }
  return out;
}

function unfilterRow(
  filter: number,
  row: Uint8Array,
  above: Uint8Array,
  out: Uint8Array,
  step: number,
): void {
  const length = row.length;
  const first = Math.min(step, length);
  switch (filter) {
    case 0:
      out.set(row);
      break;
    case 1:
      for (let i = 0; i < first; i++) out[i] = row[i];
      for (let i = step; i < length; i++) out[i] = row[i] + out[i - step];
      break;
    case 2:
      for (let i = 0; i < length; i++) out[i] = row[i] + above[i];
      break;
    case 3:
      for (let i = 0; i < first; i++) out[i] = row[i] + (above[i] >> 1);
      for (let i = step; i < length; i++) out[i] = row[i] + ((out[i - step] + above[i]) >> 1);
      break;
    case 4:
      for (let i = 0; i < first; i++) out[i] = row[i] + above[i];
      for (let i = step; i < length; i++) {
        out[i] = row[i] + paeth(out[i - step], above[i], above[i - step]);
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
