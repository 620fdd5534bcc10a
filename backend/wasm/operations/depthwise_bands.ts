/** Bands of rows that depthwise convolutions and their gradients are cut into. */
import { type ConvInfo, sizesOf } from "../../window.ts";
import { balancedBands } from "../balance.ts";
import type { DepthwiseBandsRecord } from "../generated_abi.ts";

/** Without statistics, which forward passes alone leave. */
export function bandsRecord(
  info: ConvInfo,
  weights: number,
  out: number,
  bandRows: number,
): DepthwiseBandsRecord {
  return {
    weights,
    out,
    ...sizesOf(info),
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
    bandRows,
    statistics: 0,
  };
}

export interface Bands {
  rows: number;
  count: number;
  paddedFloats: number;
}

export function outputBands(info: ConvInfo): Bands {
  return bandsOf(info, bandRows(info.outHeight, info.outWidth * info.outChannels));
}

/** Where no sums are left: bands that threads share evenly. */
export function balancedOutputBands(info: ConvInfo): Bands {
  const { batchSize, outHeight, outWidth, outChannels, filterHeight, filterWidth } = info;
  const most = bandRows(outHeight, outWidth * outChannels);
  const copying = info.inWidth * outChannels / 8 * 2;
  const computing = outWidth * outChannels / 8 * filterHeight * filterWidth;
  const rowCycles = computing + copying * info.strideHeight;
  const border = copying * (filterHeight - info.strideHeight);
  return bandsOf(info, balancedBands(batchSize, outHeight, most, rowCycles, border).perChunk);
}

function bandsOf(info: ConvInfo, rows: number): Bands {
  const height = (rows - 1) * info.strideHeight + effective(info.filterHeight, info.dilationHeight);
  const width = (info.outWidth - 1) * info.strideWidth +
    effective(info.filterWidth, info.dilationWidth);
  return {
    rows,
    count: Math.ceil(info.outHeight / rows),
    paddedFloats: height * width * info.inChannels,
  };
}

/** Bands of rows of the input's gradient, and room for the rows of dy that one comes from. */
export function inputBands(info: ConvInfo): Bands {
  const { strideHeight, strideWidth } = info;
  const fitting = bandRows(info.inHeight, info.inWidth * info.inChannels);
  const rows = Math.ceil(fitting / strideHeight) * strideHeight;
  const height = Math.ceil(
    (rows + effective(info.filterHeight, info.dilationHeight)) /
      strideHeight,
  ) + 1;
  const reach = effective(info.filterWidth, info.dilationWidth) + info.padInfo.left;
  const width = Math.max(info.outWidth, Math.ceil(info.inWidth / strideWidth)) +
    2 * Math.ceil(reach / strideWidth) + 1;
  return {
    rows,
    count: Math.ceil(info.inHeight / rows),
    paddedFloats: height * width * info.inChannels,
  };
}

/** Rows of a band: few enough for the cache, enough that the rows around it cost little. */
function bandRows(height: number, floatsPerRow: number): number {
  const fitting = Math.max(4, Math.floor(65536 / floatsPerRow));
  const bands = Math.ceil(height / fitting);
  return Math.ceil(height / bands);
}

export function effective(filter: number, dilation: number): number {
  return (filter - 1) * dilation + 1;
}
