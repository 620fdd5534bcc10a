/**
 * Decodes the run-length encoding of bitmaps to one index a pixel, rows from the lowest up, as
 * Pillow's `BmpRleDecoder`. What a bitmap skips, or leaves out at its end, has the first colour.
 * https://learn.microsoft.com/windows/win32/gdi/bitmap-compression
 * @param at where the runs begin
 * @param nibbles two pixels a byte
 * @throws {RangeError} when the file ends before the bitmap does.
 */
export function decodeBmpRuns(
  bytes: Uint8Array,
  at: number,
  width: number,
  height: number,
  nibbles: boolean,
): Uint8Array {
  const out = new Uint8Array(width * height);
  const pixelOf = (byte: number, i: number) =>
    !nibbles ? byte : i % 2 === 0 ? byte >> 4 : byte & 0xf;
  const begin = at;
  let to = 0;
  while (to < out.length) {
    if (at + 2 > bytes.length) throw new RangeError("runs are missing");
    const [count, value] = [bytes[at++], bytes[at++]];
    if (count > 0) { // a run, to the end of its row at most
      const most = Math.min(count, width - to % width);
      for (let i = 0; i < most; i++) out[to++] = pixelOf(value, i);
    } else if (value === 0) { // the end of a row
      to = Math.ceil(to / width) * width;
    } else if (value === 1) { // the end
      break;
    } else if (value === 2) { // a step right and up
      to += bytes[at] + bytes[at + 1] * width;
      at += 2;
    } else { // that many pixels
      const stored = nibbles ? Math.ceil(value / 2) : value;
      if (at + stored > bytes.length) throw new RangeError("pixels are missing");
      for (let i = 0; i < value && to < out.length; i++) {
        out[to++] = pixelOf(bytes[nibbles ? at + (i >> 1) : at + i], i);
      }
      at += stored;
      at += (at - begin) % 2; // 16 bits at a time
    }
  }
  return out;
}
