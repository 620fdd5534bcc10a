/** Tiles of Winograd's F(4×4, 3×3): between images and the transformed domain. */
import { clear, copy } from "./gather";
import { floats } from "./simd";
import { transformInput, transformOutput, transformOutputGradient } from "./winograd_transforms";

/**
 * Transforms the tile of size×size pixels at (y, x), zero where it leaves the image. Position i goes
 * to `to` + i·plane.
 */
export function transformTile(
  source: usize, height: i32, width: i32, channels: i32, y: i32, x: i32, size: i32,
  to: usize, plane: usize, tile: usize, temporary: usize,
): void {
  const pixel = floats(channels);
  let from = source + <usize>(y * width + x) * pixel, row = <usize>width * pixel;
  if (y < 0 || x < 0 || y + size > height || x + size > width) {
    copyTile(source, height, width, channels, y, x, size, tile);
    from = tile;
    row = <usize>size * pixel;
  }
  for (let c = 0; c < channels; c += 8) {
    const o = floats(c);
    if (size == 6) {
      transformInput(from + o, row, pixel, to + o, 6 * plane, plane, temporary);
    } else {
      transformOutputGradient(from + o, row, pixel, to + o, 6 * plane, plane, temporary);
    }
  }
}

function copyTile(
  source: usize, height: i32, width: i32, channels: i32, y: i32, x: i32, size: i32, tile: usize,
): void {
  const pixel = floats(channels);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const inside = y + i >= 0 && y + i < height && x + j >= 0 && x + j < width;
      if (inside) copy(source + <usize>((y + i) * width + x + j) * pixel, tile, channels);
      else clear(tile, channels);
      tile += pixel;
    }
  }
}

/** Transforms products back to a tile of the output, of which rows×columns pixels exist. */
export function writeTile(
  products: usize, plane: usize, channels: i32, to: usize, pixel: usize, rowPitch: usize,
  rows: i32, columns: i32, tile: usize, temporary: usize,
): void {
  const whole = rows == 4 && columns == 4;
  const inner = whole ? pixel : floats(channels);
  const target = whole ? to : tile, targetRow = whole ? rowPitch : 4 * inner;
  for (let c = 0; c < channels; c += 8) {
    const o = floats(c);
    transformOutput(products + o, 6 * plane, plane, target + o, targetRow, inner, temporary);
  }
  if (whole) return;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      copy(
        tile + <usize>(4 * i + j) * inner, to + <usize>i * rowPitch + <usize>j * pixel, channels,
      );
    }
  }
}
