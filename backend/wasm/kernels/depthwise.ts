/**
 * Depthwise convolutions and their gradients. A chunk is a band of rows of one image. Its input
 * rows are first copied (a lazy tensor: computed) into scratch with the padding around them, so
 * that the row kernels know no borders.
 */
import { KERNEL_ARGUMENTS, scratch } from "./control";
import { depthwiseRow, depthwiseRowFilterGradient, Tap, TAP_SIZE } from "./depthwise_rows";
import { fillZero, floats } from "./simd";
import { Source, SOURCE_SIZE, writeSourceRows } from "./source";
import { addStatistics, startStatistics } from "./statistics";

@unmanaged
class DepthwiseArguments {
  /** [filterHeight][filterWidth][channels] */
  weights: usize;
  /** The output; the input's gradient; or partial filter gradients, one set a chunk. */
  out: usize;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
  /** Rows a chunk: of the output, or of the input's gradient. */
  bandRows: i32;
  /** Partial batch statistics, one set a chunk, or 0. */
  statistics: usize;
}

/** Scratch for a row's table of taps; filters up to 32×32 fit. */
const TAP_TABLE: usize = 8192;

export function depthwiseChunk(chunk: i32, thread: i32): void {
  const source = changetype<Source>(KERNEL_ARGUMENTS);
  const args = changetype<DepthwiseArguments>(KERNEL_ARGUMENTS + SOURCE_SIZE);
  const channels = args.channels, pixel = floats(channels);
  const bands = (args.outHeight + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const y1 = min(args.outHeight, y0 + args.bandRows);
  const taps = scratch(thread), padded = taps + TAP_TABLE;
  const pitch = padInputBand(args, source, image, y0, y1, padded);

  const partial = args.statistics + floats(chunk * 3 * channels);
  for (let y = y0; y < y1; y++) {
    forwardTaps(args, padded + <usize>((y - y0) * args.strideHeight) * pitch, pitch, args.weights, taps);
    const out = args.out + <usize>((image * args.outHeight + y) * args.outWidth) * pixel;
    const count = args.filterHeight * args.filterWidth;
    const step = pixel * args.strideWidth;
    depthwiseRow(taps, count, out, pixel, args.outWidth, step, channels);
    if (args.statistics) {
      if (y == y0) startStatistics(out, channels, partial);
      addStatistics(out, pixel, args.outWidth, channels, partial, channels);
    }
  }
}

/** Arguments: source x, source dy, DepthwiseArguments. */
export function depthwiseFilterGradientChunk(chunk: i32, thread: i32): void {
  const source = changetype<Source>(KERNEL_ARGUMENTS);
  const gradient = changetype<Source>(KERNEL_ARGUMENTS + SOURCE_SIZE);
  const args = changetype<DepthwiseArguments>(KERNEL_ARGUMENTS + 2 * SOURCE_SIZE);
  const channels = args.channels, pixel = floats(channels);
  const bands = (args.outHeight + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const y1 = min(args.outHeight, y0 + args.bandRows);
  const taps = scratch(thread), row = taps + TAP_TABLE;
  const padded = row + pixel * args.outWidth;
  const pitch = padInputBand(args, source, image, y0, y1, padded);

  const count = args.filterHeight * args.filterWidth;
  const partial = args.out + floats(chunk * count * channels);
  fillZero(partial, count * channels);
  for (let y = y0; y < y1; y++) {
    forwardTaps(args, padded + <usize>((y - y0) * args.strideHeight) * pitch, pitch, partial, taps);
    writeSourceRows(
      gradient, (image * args.outHeight + y) * args.outWidth, args.outWidth, channels, row,
    );
    const step = pixel * args.strideWidth;
    depthwiseRowFilterGradient(taps, count, row, args.outWidth, step, channels);
  }
}

/** Arguments: source dy, DepthwiseArguments. A chunk is a band of rows of the input's gradient. */
export function depthwiseInputGradientChunk(chunk: i32, thread: i32): void {
  const gradient = changetype<Source>(KERNEL_ARGUMENTS);
  const args = changetype<DepthwiseArguments>(KERNEL_ARGUMENTS + SOURCE_SIZE);
  const channels = args.channels, pixel = floats(channels);
  const strideHeight = args.strideHeight, strideWidth = args.strideWidth;
  const bands = (args.height + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const y1 = min(args.height, y0 + args.bandRows);
  const taps = scratch(thread), padded = taps + TAP_TABLE;

  // Rows and columns of dy that the band's pixels come from, those outside it included.
  const reachHeight = (args.filterHeight - 1) * args.dilationHeight;
  const reachWidth = (args.filterWidth - 1) * args.dilationWidth;
  const firstRow = floorDivide(y0 + args.padTop - reachHeight, strideHeight);
  const lastRow = floorDivide(y1 - 1 + args.padTop, strideHeight);
  const firstColumn = min(0, floorDivide(args.padLeft - reachWidth, strideWidth));
  const lastColumn = max(args.outWidth - 1, floorDivide(args.width - 1 + args.padLeft, strideWidth));
  const columns = lastColumn - firstColumn + 1, pitch = pixel * columns;
  for (let y = firstRow; y <= lastRow; y++) {
    const row = padded + <usize>(y - firstRow) * pitch;
    writePaddedRow(gradient, image, y, args.outHeight, args.outWidth, -firstColumn, columns, channels, row);
  }

  for (let y = y0; y < y1; y++) {
    const rowOut = args.out + <usize>((image * args.height + y) * args.width) * pixel;
    for (let phase = 0; phase < strideWidth && phase < args.width; phase++) {
      let count = 0;
      for (let ky = 0; ky < args.filterHeight; ky++) {
        const dy = y + args.padTop - ky * args.dilationHeight;
        if (floorModulo(dy, strideHeight) != 0) continue;
        const row = padded + <usize>(floorDivide(dy, strideHeight) - firstRow) * pitch;
        for (let kx = 0; kx < args.filterWidth; kx++) {
          const dx = phase + args.padLeft - kx * args.dilationWidth;
          if (floorModulo(dx, strideWidth) != 0) continue;
          const tap = changetype<Tap>(taps + <usize>count * TAP_SIZE);
          count++;
          tap.pixels = row + <usize>(floorDivide(dx, strideWidth) - firstColumn) * pixel;
          tap.weights = args.weights + floats((ky * args.filterWidth + kx) * channels);
        }
      }
      const width = (args.width - phase + strideWidth - 1) / strideWidth;
      depthwiseRow(
        taps, count, rowOut + <usize>phase * pixel, pixel * strideWidth, width, pixel, channels,
      );
    }
  }
}

/** Fills `padded` with the input rows of output rows [y0, y1); returns bytes a row. */
function padInputBand(
  args: DepthwiseArguments, source: Source, image: i32, y0: i32, y1: i32, padded: usize,
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
function writePaddedRow(
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

/** The taps of the output row whose first input row is `padded`, with weights (or gradients) at w. */
function forwardTaps(
  args: DepthwiseArguments, padded: usize, pitch: usize, weights: usize, taps: usize,
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

function floorDivide(a: i32, b: i32): i32 {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

function floorModulo(a: i32, b: i32): i32 {
  return a - floorDivide(a, b) * b;
}
