/**
 * A 1×1 convolution, or a stem of few channels, and the depthwise one that reads it, in one pass. A
 * chunk is some channels of a band of rows of one image: the rows that the band sees are multiplied
 * into scratch, so that the wide tensor in between is never written.
 */
import { scratch } from "./command";
import { depthwisePanelRows } from "./depthwise_panel";
import { bendRows, finishRows } from "./epilogue";
import { copyStrip, tapRun } from "./gather";
import { multiplyPart, multiplyStrips, panelWidth } from "./gemm";
import { Expansion, Gather, TAP_TABLE_BYTES } from "./generated_abi";
import {
  expandedDepthwiseArguments, expandedDepthwiseBands, expandedDepthwiseEpilogue,
  expandedDepthwiseExpansion, expandedDepthwiseGather, expandedDepthwiseInner,
} from "./generated_arguments";
import { multiplyIntegers } from "./integer_product";
import { integers } from "./integer_rows";
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
  const gather = expandedDepthwiseGather(), runs = expandedDepthwiseArguments().runs;
  const rows = (bottom - top) * width, outPixel = floats(channels);
  const firstSeen = (image * args.height + top) * width, units = expansion.units;
  const pixelBytes = units ? integers(K) : floats(K);
  const values = expansion.values + <usize>firstSeen * pixelBytes;
  const strips = expanded + floats(max(0, rows) * channelsPerChunk);
  if (runs > 0) copyStrips(gather, runs, image, top, bottom, K, strips);
  const firstRow = (image * args.outHeight + y0) * args.outWidth;
  const out = args.out + <usize>(image * args.outHeight * args.outWidth) * outPixel;
  const finished = args.out + <usize>firstRow * outPixel;
  // Panel by panel: what one leaves is in the first level of cache for the pixels beside it.
  for (let c = c0; c < c1;) {
    const columns = panelWidth(c, c1, expansion.wide), pixel = floats(columns);
    if (rows > 0 && runs > 0) {
      multiplyStripRows(gather, runs, expansion, strips, bottom - top, c, columns, expanded);
      if (inner.scale) finishRows(inner, expanded, pixel, 0, rows, c, columns, channels);
    } else if (rows > 0) {
      const end = inner.scale ? inner : null;
      if (units) {
        multiplyIntegers(
          values, pixelBytes, units + floats(firstSeen), expansion.packed, expanded, pixel,
          rows, K, c, c + columns, end, 0,
        );
      } else {
        multiplyPart(
          values, pixelBytes, expansion.packed, expanded, pixel,
          rows, K, 0, K, c, c + columns, expansion.wide, end, 0,
        );
      }
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

/** The photo's rows that output rows [top, bottom) of a stem see, padded, each once. */
function copyStrips(
  gather: Gather, runs: i32, image: i32, top: i32, bottom: i32, K: i32, strips: usize,
): void {
  const pitch = stripBytes(gather, K), stride = gather.strideHeight;
  const columns = (gather.gridWidth - 1) * gather.strideWidth + K / gather.channels;
  for (let y = top; y < bottom; y++) {
    for (let i = y == top ? 0 : runs - stride; i < runs; i++) {
      const to = strips + <usize>((y - top) * stride + i) * pitch;
      copyStrip(gather, tapRun(gather, i), image, y, 0, columns, to);
    }
  }
}

/** So many rows of a stem's output, of a panel of columns from c on. */
function multiplyStripRows(
  gather: Gather, runs: i32, expansion: Expansion, strips: usize, rows: i32,
  c: i32, columns: i32, out: usize,
): void {
  const K = expansion.K, pitch = stripBytes(gather, K), width = gather.gridWidth;
  const step = floats(gather.strideWidth * gather.channels), pixel = floats(columns);
  for (let y = 0; y < rows; y++) {
    multiplyStrips(
      strips, step, pitch, runs, expansion.packed, out, pixel,
      width, K, c, c + columns, expansion.wide,
    );
    strips += <usize>gather.strideHeight * pitch;
    out += <usize>width * pixel;
  }
}

// @ts-ignore: decorator
@inline
function stripBytes(gather: Gather, K: i32): usize {
  return floats((gather.gridWidth - 1) * gather.strideWidth * gather.channels + K);
}
