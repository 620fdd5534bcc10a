/** Bands of rows for depthwise convolutions, with the padding around them, and the taps over them. */
import { DepthwiseBands, Source, Tap, TAP_SIZE } from "./generated_abi";
import { fillZero, floats } from "./simd";
import { writeSourceRows } from "./source";

/** Fills `padded` with the input rows of output rows [y0, y1); returns bytes a row. */
export function padInputBand(
  args: DepthwiseBands, source: Source, image: i32, y0: i32, y1: i32, padded: usize,
): usize {
  const rows = (y1 - y0 - 1) * args.strideHeight + (args.filterHeight - 1) * args.dilationHeight + 1;
  const columns = (args.outWidth - 1) * args.strideWidth +
    (args.filterWidth - 1) * args.dilationWidth + 1;
  const pitch = floats(columns * args.channels);
  const top = y0 * args.strideHeight - args.padTop;
  for (let r = 0; r < rows; r++) {
    writePaddedRow(
      source, image, top + r, args.height, args.width, args.padLeft, columns, args.channels,
      padded + <usize>r * pitch,
    );
  }
  return pitch;
}

/** `columns` pixels of which the first `left` and what lies beyond the row are zero. */
export function writePaddedRow(
  source: Source, image: i32, y: i32, height: i32, width: i32,
  left: i32, columns: i32, channels: i32, out: usize,
): void {
  if (y < 0 || y >= height) {
    fillZero(out, columns * channels);
    return;
  }
  left = min(left, columns);
  const inside = min(width, columns - left);
  fillZero(out, left * channels);
  writeSourceRows(
    source, (image * height + y) * width, inside, channels, out + floats(left * channels),
  );
  fillZero(out + floats((left + inside) * channels), (columns - left - inside) * channels);
}

/**
 * The taps that output (y, x) sees inside of an image in memory, whose pixels lie `pixel` bytes
 * apart; returns how many.
 */
export function tapsInside(
  args: DepthwiseBands, image: usize, pixel: usize, weights: usize, y: i32, x: i32, taps: usize,
): i32 {
  let count = 0;
  for (let ky = 0; ky < args.filterHeight; ky++) {
    const sy = y * args.strideHeight - args.padTop + ky * args.dilationHeight;
    if (sy < 0 || sy >= args.height) continue;
    for (let kx = 0; kx < args.filterWidth; kx++) {
      const sx = x * args.strideWidth - args.padLeft + kx * args.dilationWidth;
      if (sx < 0 || sx >= args.width) continue;
      const tap = changetype<Tap>(taps + <usize>count * TAP_SIZE);
      tap.pixels = image + <usize>(sy * args.width + sx) * pixel;
      tap.weights = weights + floats((ky * args.filterWidth + kx) * args.channels);
      count++;
    }
  }
  return count;
}

/** The taps of the output row whose first input row is `padded`, with weights (or gradients) at w. */
export function forwardTaps(
  args: DepthwiseBands, padded: usize, pitch: usize, weights: usize, taps: usize,
): void {
  const pixel = floats(args.channels);
  for (let ky = 0; ky < args.filterHeight; ky++) {
    for (let kx = 0; kx < args.filterWidth; kx++) {
      const index = ky * args.filterWidth + kx;
      const tap = changetype<Tap>(taps + <usize>index * TAP_SIZE);
      tap.pixels = padded + <usize>(ky * args.dilationHeight) * pitch +
        <usize>(kx * args.dilationWidth) * pixel;
      tap.weights = weights + <usize>index * pixel;
    }
  }
}
