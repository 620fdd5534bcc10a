/**
 * A 1×1 convolution and the depthwise one that reads it, in one pass. A chunk is some channels of a
 * band of rows of one image: the rows that the band sees are multiplied into scratch, so that the
 * wide tensor in between is never written.
 */
import { scratch } from "./command";
import { depthwisePanelRows } from "./depthwise_panel";
import { bendRows, finishRows } from "./epilogue";
import { multiplyPart, panelWidth } from "./gemm";
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
  const taps = scratch(thread), expanded = taps + TAP_TABLE_BYTES;
  const rows = (bottom - top) * width, outPixel = floats(channels);
  const values = expansion.values + <usize>((image * args.height + top) * width) * floats(K);
  const firstRow = (image * args.outHeight + y0) * args.outWidth;
  const out = args.out + <usize>(image * args.outHeight * args.outWidth) * outPixel;
  const finished = args.out + <usize>firstRow * outPixel;
  // Panel by panel: what one leaves is in the first level of cache for the pixels beside it.
  for (let c = c0; c < c1;) {
    const columns = panelWidth(c, c1, expansion.wide), pixel = floats(columns);
    if (rows > 0) {
      multiplyPart(
        values, floats(K), expansion.packed, expanded, pixel,
        rows, K, 0, K, c, c + columns, expansion.wide, inner.scale ? inner : null, 0,
      );
      if (inner.scale) bendRows(inner, expanded, pixel, rows, columns);
    }
    const panel = expanded - <usize>(top * width) * pixel;
    depthwisePanelRows(args, panel, c, columns, y0, y1, out, taps);
    if (epilogue.scale) {
      finishRows(
        epilogue, finished + floats(c), outPixel, firstRow, (y1 - y0) * args.outWidth,
        c, columns, channels,
      );
    }
    c += columns;
  }
}
