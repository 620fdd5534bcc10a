/**
 * A 1×1 convolution and the depthwise one that reads it, in one pass. A chunk is some channels of a
 * band of rows of one image: the rows that the band sees are multiplied into scratch, so that the
 * wide tensor in between is never written.
 */
import { scratch } from "./command";
import { plainRow } from "./depthwise";
import { bendRows, finishRows } from "./epilogue";
import { multiplyPart } from "./gemm";
import { TAP_TABLE_BYTES } from "./generated_abi";
import {
  expandedDepthwiseArguments, expandedDepthwiseBands, expandedDepthwiseEpilogue,
  expandedDepthwiseExpansion, expandedDepthwiseInner,
} from "./generated_arguments";
import { floats } from "./simd";

export function expandedDepthwiseChunk(chunk: i32, thread: i32): void {
  const channelsPerChunk = expandedDepthwiseArguments().channelsPerChunk;
  const expansion = expandedDepthwiseExpansion();
  const inner = expandedDepthwiseInner();
  const args = expandedDepthwiseBands();
  const epilogue = expandedDepthwiseEpilogue();

  const channels = args.channels, width = args.width, K = expansion.K;
  const groups = (channels + channelsPerChunk - 1) / channelsPerChunk;
  const bands = (args.outHeight + args.bandRows - 1) / args.bandRows;
  const c0 = chunk % groups * channelsPerChunk, c1 = min(channels, c0 + channelsPerChunk);
  const y0 = chunk / groups % bands * args.bandRows, y1 = min(args.outHeight, y0 + args.bandRows);
  const image = chunk / (groups * bands);

  const reach = (args.filterHeight - 1) * args.dilationHeight + 1;
  const top = max(0, y0 * args.strideHeight - args.padTop);
  const bottom = min(args.height, (y1 - 1) * args.strideHeight - args.padTop + reach);
  const taps = scratch(thread), expanded = taps + TAP_TABLE_BYTES, pixel = floats(c1 - c0);
  if (bottom > top) {
    const first = (image * args.height + top) * width;
    multiplyPart(
      expansion.values + <usize>first * floats(K), floats(K), expansion.packed, expanded, pixel,
      (bottom - top) * width, K, 0, K, c0, c1, expansion.wide, inner.scale ? inner : null, 0,
    );
    if (inner.scale) bendRows(inner, expanded, pixel, (bottom - top) * width, c1 - c0);
  }
  const firstRow = expanded - <usize>(top * width) * pixel, outPixel = floats(channels);
  for (let y = y0; y < y1; y++) {
    const row = (image * args.outHeight + y) * args.outWidth;
    const out = args.out + <usize>row * outPixel;
    plainRow(args, firstRow, pixel, c0, c1 - c0, y, out, taps);
    if (epilogue.scale) {
      finishRows(
        epilogue, out + floats(c0), outPixel, row, args.outWidth, c0, c1 - c0, channels,
      );
    }
  }
}
