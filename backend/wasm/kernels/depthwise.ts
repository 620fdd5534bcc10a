/**
 * Depthwise convolutions. A chunk is a band of rows of one image. Its input rows are first copied (a
 * lazy tensor: computed) into scratch with the padding around them, so that the row kernels know no
 * borders.
 */
import { KERNEL_ARGUMENTS, scratch } from "./control";
import {
  DEPTHWISE_SIZE, DepthwiseArguments, forwardTaps, padInputBand, TAP_TABLE,
} from "./depthwise_bands";
import { depthwiseRow } from "./depthwise_rows";
import { Epilogue, finishRows } from "./epilogue";
import { floats } from "./simd";
import { Source, SOURCE_SIZE } from "./source";
import { addStatistics, startStatistics } from "./statistics";

export function depthwiseChunk(chunk: i32, thread: i32): void {
  const source = changetype<Source>(KERNEL_ARGUMENTS);
  const args = changetype<DepthwiseArguments>(KERNEL_ARGUMENTS + SOURCE_SIZE);
  const epilogue = changetype<Epilogue>(KERNEL_ARGUMENTS + SOURCE_SIZE + DEPTHWISE_SIZE);
  const channels = args.channels, pixel = floats(channels);
  const bands = (args.outHeight + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const y1 = min(args.outHeight, y0 + args.bandRows);
  const taps = scratch(thread), padded = taps + TAP_TABLE;
  const pitch = padInputBand(args, source, image, y0, y1, padded);

  const partial = args.statistics + floats(chunk * 3 * channels);
  for (let y = y0; y < y1; y++) {
    forwardTaps(args, padded + <usize>((y - y0) * args.strideHeight) * pitch, pitch, args.weights, taps);
    const row = (image * args.outHeight + y) * args.outWidth;
    const out = args.out + <usize>row * pixel;
    const count = args.filterHeight * args.filterWidth;
    const step = pixel * args.strideWidth;
    depthwiseRow(taps, count, out, pixel, args.outWidth, step, channels);
    if (epilogue.scale) {
      finishRows(epilogue, out, pixel, row, args.outWidth, 0, channels, channels);
    }
    if (args.statistics) {
      if (y == y0) startStatistics(out, channels, partial);
      addStatistics(out, pixel, args.outWidth, channels, partial, channels);
    }
  }
}
