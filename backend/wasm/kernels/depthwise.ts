/**
 * Depthwise convolutions. A chunk is a band of rows of one image. Rows of a lazy input are first
 * computed into scratch with the padding around them, so that the row kernels know no borders; those
 * of an input in memory are read in place, each border by as many taps as lie inside.
 */
import { scratch } from "./command";
import { forwardTaps, padInputBand, tapsInside } from "./depthwise_bands";
import { depthwiseRow } from "./depthwise_rows";
import { finishRows } from "./epilogue";
import { DepthwiseBands, PLAIN, STATISTICS_VECTORS, TAP_TABLE_BYTES } from "./generated_abi";
import { depthwiseBands, depthwiseEpilogue, depthwiseSource } from "./generated_arguments";
import { floats } from "./simd";
import { addStatistics, startStatistics } from "./statistics";

export function depthwiseChunk(chunk: i32, thread: i32): void {
  const source = depthwiseSource();
  const args = depthwiseBands();
  const epilogue = depthwiseEpilogue();
  const channels = args.channels, pixel = floats(channels);
  const bands = (args.outHeight + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const y1 = min(args.outHeight, y0 + args.bandRows);
  const taps = scratch(thread), padded = taps + TAP_TABLE_BYTES;
  const isPlain = source.kind == PLAIN;
  const pitch = isPlain ? 0 : padInputBand(args, source, image, y0, y1, padded);

  const partial = args.statistics + floats(chunk * STATISTICS_VECTORS * channels);
  for (let y = y0; y < y1; y++) {
    const row = (image * args.outHeight + y) * args.outWidth;
    const out = args.out + <usize>row * pixel;
    if (isPlain) {
      const values = source.values + <usize>(image * args.height * args.width) * pixel;
      plainRow(args, values, pixel, 0, channels, y, out, taps);
    } else {
      const first = padded + <usize>((y - y0) * args.strideHeight) * pitch;
      forwardTaps(args, first, pitch, args.weights, taps);
      const count = args.filterHeight * args.filterWidth, step = pixel * args.strideWidth;
      depthwiseRow(taps, count, out, pixel, args.outWidth, step, channels);
    }
    if (epilogue.scale) {
      finishRows(epilogue, out, pixel, row, args.outWidth, 0, channels, channels);
    }
    if (args.statistics) {
      if (y == y0) startStatistics(out, channels, partial);
      addStatistics(out, pixel, args.outWidth, channels, partial, channels);
    }
  }
}

/**
 * Row y of the output, `columns` channels of it from c0 on, of an image of these channels in memory:
 * its border by fewer taps, the rest in one.
 */
export function plainRow(
  args: DepthwiseBands, image: usize, pixel: usize, c0: i32, columns: i32,
  y: i32, out: usize, taps: usize,
): void {
  const stride = args.strideWidth, outPixel = floats(args.channels);
  const reach = (args.filterWidth - 1) * args.dilationWidth;
  const x0 = min(args.outWidth, (args.padLeft + stride - 1) / stride);
  const last = args.width - 1 + args.padLeft - reach;
  const x1 = last < 0 ? x0 : max(x0, min(args.outWidth, last / stride + 1));
  for (let x = 0; x < args.outWidth;) {
    const width = x == x0 ? max(1, x1 - x0) : 1;
    const count = tapsInside(args, image, pixel, args.weights + floats(c0), y, x, taps);
    const to = out + <usize>x * outPixel + floats(c0);
    depthwiseRow(taps, count, to, outPixel, width, pixel * <usize>stride, columns);
    x += width;
  }
}
