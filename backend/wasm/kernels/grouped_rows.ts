/**
 * Rows of an image, group by group: [group][row][column][channels of the group]. A group's pixels lie
 * side by side then, so that what a filter's row sees of them is one run of values.
 */
import { Source } from "./generated_abi";
import { fillZero, floats } from "./simd";
import { sourceRows } from "./source";

/**
 * Writes rows [y0, y1), of `columns` pixels each, of which the first `left` and what lies beyond the
 * image are zero. `buffer` has room for a row of the image.
 */
export function spreadRows(
  source: Source, image: i32, height: i32, width: i32, channels: i32, groups: i32,
  y0: i32, y1: i32, left: i32, columns: i32, buffer: usize, out: usize,
): void {
  const own = channels / groups, pixel = floats(own), pitch = <usize>columns * pixel;
  const groupPitch = <usize>(y1 - y0) * pitch;
  left = min(left, columns);
  const inside = min(width, columns - left), right = columns - left - inside;
  for (let y = y0; y < y1; y++) {
    let to = out + <usize>(y - y0) * pitch;
    if (y < 0 || y >= height) {
      for (let g = 0; g < groups; g++) {
        fillZero(to, columns * own);
        to += groupPitch;
      }
      continue;
    }
    let from = sourceRows(source, (image * height + y) * width, inside, channels, buffer);
    for (let g = 0; g < groups; g++) {
      fillZero(to, left * own);
      copyPixels(from, floats(channels), to + <usize>left * pixel, pixel, inside);
      fillZero(to + <usize>(left + inside) * pixel, right * own);
      from += pixel, to += groupPitch;
    }
  }
}

function copyPixels(from: usize, pitch: usize, to: usize, bytes: usize, pixels: i32): void {
  for (let i = 0; i < pixels; i++) {
    for (let o: usize = 0; o < bytes; o += 32) {
      const x0 = v128.load(from + o), x1 = v128.load(from + o, 16);
      v128.store(to + o, x0), v128.store(to + o, x1, 16);
    }
    from += pitch, to += bytes;
  }
}
