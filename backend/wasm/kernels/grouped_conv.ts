/**
 * Convolutions in groups. A chunk is a band of rows of one image, whose input lies group by group in
 * scratch: a row of a group's outputs is a product of overlapping strips of it and the group's weights.
 */
import { scratch } from "./command";
import { finishRows } from "./epilogue";
import { multiplyStrips } from "./gemm";
import { STATISTICS_VECTORS } from "./generated_abi";
import { groupedConvBands, groupedConvEpilogue, groupedConvSource } from "./generated_arguments";
import { spreadRows } from "./grouped_rows";
import { packMatrix } from "./pack";
import { floats } from "./simd";
import { addStatistics, startStatistics } from "./statistics";

export function groupedConvChunk(chunk: i32, thread: i32): void {
  const args = groupedConvBands(), epilogue = groupedConvEpilogue();
  const groups = args.groups, stride = args.stride, wide = args.wide;
  const own = args.channels / groups, outOwn = args.outChannels / groups;
  const outWidth = args.outWidth, pixel = floats(args.outChannels);
  const bands = (args.outHeight + args.bandRows - 1) / args.bandRows;
  const image = chunk / bands, y0 = chunk % bands * args.bandRows;
  const count = min(args.outHeight - y0, args.bandRows);

  const rows = (count - 1) * stride + args.filterHeight, top = y0 * stride - args.padTop;
  const columns = (outWidth - 1) * stride + args.filterWidth, pitch = floats(columns * own);
  const depth = args.filterWidth * own, packedDepth = args.filterHeight * depth;
  const packed = scratch(thread), buffer = packed + floats(packedDepth * outOwn);
  const inputs = buffer + floats(args.width * args.channels);
  spreadRows(
    groupedConvSource(), image, args.height, args.width, args.channels, groups,
    top, top + rows, args.padLeft, columns, buffer, inputs,
  );

  const first = (image * args.outHeight + y0) * outWidth;
  const out = args.out + <usize>first * pixel;
  for (let g = 0; g < groups; g++) {
    const n = floats(g * outOwn);
    packMatrix(args.weights + n, pixel, packedDepth, outOwn, false, wide, packed);
    let input = inputs + <usize>(g * rows) * pitch, to = out + n;
    for (let y = 0; y < count; y++) {
      multiplyStrips(
        input, floats(stride * own), pitch, args.filterHeight,
        packed, to, pixel, outWidth, depth, 0, outOwn, wide,
      );
      input += <usize>stride * pitch, to += <usize>outWidth * pixel;
    }
  }

  const channels = args.outChannels;
  if (epilogue.scale) finishRows(epilogue, out, pixel, first, count * outWidth, 0, channels, channels);
  if (!args.statistics) return;
  const partial = args.statistics + floats(chunk * STATISTICS_VECTORS * channels);
  startStatistics(out, channels, partial);
  for (let y = 0; y < count; y++) {
    const row = out + <usize>(y * outWidth) * pixel;
    addStatistics(row, pixel, outWidth, channels, partial, channels);
  }
}
