/** Gradients of depthwise convolutions. A chunk is a band of rows of one image. */
import { addTo } from "./add_to";
import { scratch } from "./command";
import { forwardTaps, padInputBand, writePaddedRow } from "./depthwise_bands";
import { depthwiseRow, depthwiseRowFilterGradient } from "./depthwise_rows";
import {
  DepthwiseBands, GRADIENT_STATISTICS_VECTORS, Source, Tap, TAP_SIZE, TAP_TABLE_BYTES,
} from "./generated_abi";
import {
  depthwiseFilterGradientBands, depthwiseFilterGradientDy, depthwiseFilterGradientX,
  depthwiseGradientsArguments, depthwiseGradientsBands, depthwiseGradientsDy,
  depthwiseGradientsStatistics, depthwiseGradientsX, depthwiseInputGradientBands,
  depthwiseInputGradientDy,
} from "./generated_arguments";
import { fillZero, floats } from "./simd";
import { writeSourceRows } from "./source";
import { addRowsToGradientStatistics } from "./statistics";

export function depthwiseFilterGradientChunk(chunk: i32, thread: i32): void {
  const source = depthwiseFilterGradientX();
  const gradient = depthwiseFilterGradientDy();
  const args = depthwiseFilterGradientBands();
  const channels = args.channels, pixel = floats(channels);
  const bands = (args.outHeight + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const y1 = min(args.outHeight, y0 + args.bandRows);
  const taps = scratch(thread), row = taps + TAP_TABLE_BYTES;
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

/** A chunk is a band of rows of the input's gradient. */
export function depthwiseInputGradientChunk(chunk: i32, thread: i32): void {
  const gradient = depthwiseInputGradientDy();
  const args = depthwiseInputGradientBands();
  const bands = (args.height + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const y1 = min(args.height, y0 + args.bandRows);
  const taps = scratch(thread), padded = taps + TAP_TABLE_BYTES;
  padGradientBand(args, gradient, image, y0, y1, padded);
  for (let y = y0; y < y1; y++) inputGradientRow(args, image, y, firstRow(args, y0), padded, taps);
}

/**
 * Both gradients at once, with the output's gradient and the input computed once: for odd filters
 * padded by half their sides, where row y·stride of the input belongs to row y of the output.
 */
export function depthwiseGradientsChunk(chunk: i32, thread: i32): void {
  const source = depthwiseGradientsX();
  const gradient = depthwiseGradientsDy();
  const args = depthwiseGradientsBands();
  const statistics = depthwiseGradientsStatistics();
  const parts = depthwiseGradientsArguments().parts, addend = depthwiseGradientsArguments().addend;
  const channels = args.channels, pixel = floats(channels);
  const strideHeight = args.strideHeight;
  const bands = (args.height + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const y1 = min(args.height, y0 + args.bandRows);
  const o0 = y0 / strideHeight, o1 = min(args.outHeight, (y1 + strideHeight - 1) / strideHeight);

  const taps = scratch(thread), inputs = taps + TAP_TABLE_BYTES;
  const inputPitch = padInputBand(args, source, image, o0, o1, inputs);
  const inputRows = (o1 - o0 - 1) * strideHeight + args.filterHeight;
  const gradients = inputs + <usize>inputRows * inputPitch;
  padGradientBand(args, gradient, image, y0, y1, gradients);

  const count = args.filterHeight * args.filterWidth;
  const partial = parts + floats(chunk * count * channels);
  fillZero(partial, count * channels);
  const inside = gradients - <usize>firstColumn(args) * pixel;
  for (let o = o0; o < o1; o++) {
    const padded = inputs + <usize>((o - o0) * strideHeight) * inputPitch;
    forwardTaps(args, padded, inputPitch, partial, taps);
    const row = inside + <usize>(o - firstRow(args, y0)) * gradientPitch(args);
    depthwiseRowFilterGradient(taps, count, row, args.outWidth, pixel * args.strideWidth, channels);
  }

  if (statistics.partials) {
    fillZero(
      statistics.partials + floats(chunk * GRADIENT_STATISTICS_VECTORS * channels),
      GRADIENT_STATISTICS_VECTORS * channels,
    );
  }
  for (let y = y0; y < y1; y++) {
    inputGradientRow(args, image, y, firstRow(args, y0), gradients, taps);
    const first = (image * args.height + y) * args.width, offset = <usize>first * pixel;
    const row = args.out + offset;
    if (addend) addTo(row, addend + offset, args.width * channels);
    if (!statistics.partials) continue;
    addRowsToGradientStatistics(statistics, chunk, row, first, args.width, channels);
  }
}

/** First row of dy that row y0 of the input's gradient comes from, possibly outside of it. */
function firstRow(args: DepthwiseBands, y0: i32): i32 {
  const reach = (args.filterHeight - 1) * args.dilationHeight;
  return floorDivide(y0 + args.padTop - reach, args.strideHeight);
}

/** First column of dy that the input's gradient comes from: 0, or so many to the left of it. */
function firstColumn(args: DepthwiseBands): i32 {
  const reach = (args.filterWidth - 1) * args.dilationWidth;
  return min(0, floorDivide(args.padLeft - reach, args.strideWidth));
}

/** Bytes of a padded row of dy. */
function gradientPitch(args: DepthwiseBands): usize {
  const last = floorDivide(args.width - 1 + args.padLeft, args.strideWidth);
  return floats((max(args.outWidth - 1, last) - firstColumn(args) + 1) * args.channels);
}

/** Fills `padded` with the rows of dy that rows [y0, y1) of the input's gradient come from. */
function padGradientBand(
  args: DepthwiseBands, gradient: Source, image: i32, y0: i32, y1: i32, padded: usize,
): void {
  const first = firstRow(args, y0), last = floorDivide(y1 - 1 + args.padTop, args.strideHeight);
  const pitch = gradientPitch(args), columns = <i32>(pitch / floats(args.channels));
  for (let y = first; y <= last; y++) {
    writePaddedRow(
      gradient, image, y, args.outHeight, args.outWidth, -firstColumn(args), columns,
      args.channels, padded + <usize>(y - first) * pitch,
    );
  }
}

/** Row y of the input's gradient, from padded rows of dy of which the first is number `first`. */
function inputGradientRow(
  args: DepthwiseBands, image: i32, y: i32, first: i32, padded: usize, taps: usize,
): void {
  const channels = args.channels, pixel = floats(channels), pitch = gradientPitch(args);
  const strideHeight = args.strideHeight, strideWidth = args.strideWidth;
  const out = args.out + <usize>((image * args.height + y) * args.width) * pixel;
  // Columns of one phase of the stride see the same taps.
  for (let phase = 0; phase < strideWidth && phase < args.width; phase++) {
    let count = 0;
    for (let ky = 0; ky < args.filterHeight; ky++) {
      const dy = y + args.padTop - ky * args.dilationHeight;
      if (floorModulo(dy, strideHeight) != 0) continue;
      const row = padded + <usize>(floorDivide(dy, strideHeight) - first) * pitch;
      for (let kx = 0; kx < args.filterWidth; kx++) {
        const dx = phase + args.padLeft - kx * args.dilationWidth;
        if (floorModulo(dx, strideWidth) != 0) continue;
        const tap = changetype<Tap>(taps + <usize>count * TAP_SIZE);
        tap.pixels = row + <usize>(floorDivide(dx, strideWidth) - firstColumn(args)) * pixel;
        tap.weights = args.weights + floats((ky * args.filterWidth + kx) * channels);
        count++;
      }
    }
    const width = (args.width - phase + strideWidth - 1) / strideWidth;
    depthwiseRow(
      taps, count, out + <usize>phase * pixel, pixel * strideWidth, width, pixel, channels,
    );
  }
}

function floorDivide(a: i32, b: i32): i32 {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

function floorModulo(a: i32, b: i32): i32 {
  return a - floorDivide(a, b) * b;
}
