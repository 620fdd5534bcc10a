/** DepthwiseConv2dNative and its gradients: one filter a channel, any size, stride and padding. */
import * as tf from "@tensorflow/tfjs";
import { type ConvInfo, depthwiseInfo } from "../../window.ts";
import type { WasmBackend } from "../backend.ts";
import { balancedBands } from "../balance.ts";
import type { Block } from "../heap.ts";
import { Kernel } from "../kernel.ts";
import { sourceArguments, sourceBlocks } from "../source.ts";
import type { TensorData } from "../tensor_data.ts";
import { deferConvolution } from "./deferred_convolution.ts";
import {
  deferInputGradient,
  type GradientPair,
  statisticsFor,
  takeDeferred,
} from "./deferred_gradient.ts";
import { sumParts } from "./product.ts";
import { allocateBandStatistics } from "./statistics.ts";

/** kernels/depthwise.ts has room for a table of so many taps. */
const MOST_TAPS = 1024;
const TAP_TABLE_FLOATS = 2048;

/** Undefined where the case is not ours. */
export function depthwiseWindow(
  ...window: Parameters<typeof depthwiseInfo>
): ConvInfo | undefined {
  const info = depthwiseInfo(...window);
  return info && info.filterHeight * info.filterWidth <= MOST_TAPS ? info : undefined;
}

export function depthwise(
  backend: WasmBackend,
  x: TensorData,
  filter: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const source = sourceArguments(x), weights = filter.block;
  return deferConvolution(backend, {
    info,
    reads: [...sourceBlocks(x), weights],
    run(out, { withStatistics, epilogue }) {
      const bands = withStatistics ? outputBands(info) : balancedOutputBands(info);
      const chunks = info.batchSize * bands.count;
      const { batchSize, outHeight, outWidth, outChannels } = info;
      const statistics = withStatistics
        ? allocateBandStatistics(backend, batchSize, outHeight, outWidth, bands.rows, outChannels)
        : undefined;
      backend.pool.run(Kernel.depthwise, chunks, bands.paddedFloats + TAP_TABLE_FLOATS, [
        ...source,
        ...depthwiseArguments(info, weights.pointer, out.pointer, bands.rows),
        statistics?.partials.pointer ?? 0,
        ...epilogue,
      ]);
      return statistics;
    },
  });
}

export function depthwiseInputGradient(
  backend: WasmBackend,
  dy: TensorData,
  filter: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const output = backend.emptyTensor(info.inShape);
  const pair = depthwiseGradients(backend, info);
  if (pair) deferInputGradient(backend, pair, dy, filter, output.data);
  else output.data.block = computeInputGradient(backend, sourceArguments(dy), filter.block, info);
  return output.info;
}

function computeInputGradient(
  { heap, pool }: WasmBackend,
  dy: number[],
  filter: Block,
  info: ConvInfo,
): Block {
  const dx = heap.allocate(tf.util.sizeFromShape(info.inShape));
  const bands = inputBands(info);
  const scratch = bands.paddedFloats + TAP_TABLE_FLOATS;
  pool.run(Kernel.depthwiseInputGradient, info.batchSize * bands.count, scratch, [
    ...dy,
    ...depthwiseArguments(info, filter.pointer, dx.pointer, bands.rows),
    0,
  ]);
  return dx;
}

/** Both gradients in one kernel call; undefined where kernels/depthwise.ts cannot. */
function depthwiseGradients(backend: WasmBackend, info: ConvInfo): GradientPair | undefined {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo, inChannels } = info;
  const matches = filterHeight === 3 && filterWidth === 3 && padInfo.top === 1 &&
    padInfo.left === 1 && info.dilationHeight * info.dilationWidth === 1 &&
    strideHeight <= 2 && strideWidth <= 2 &&
    info.outHeight === Math.ceil(info.inHeight / strideHeight) &&
    info.outWidth === Math.ceil(info.inWidth / strideWidth);
  if (!matches) return undefined;
  const { heap, pool } = backend;
  return {
    info,
    adds: false,
    computeInput: (dy, filter) => computeInputGradient(backend, dy, filter, info),

    computeBoth(dy, filter, x, filterGradient) {
      const bands = inputBands(info);
      const chunks = info.batchSize * bands.count;
      const dx = heap.allocate(tf.util.sizeFromShape(info.inShape));
      const parts = heap.allocate(chunks * 9 * inChannels);
      const { record, statistics } = statisticsFor(backend, x, chunks, inChannels);
      const inputRows = bands.rows + 4, inputColumns = info.inWidth + 4;
      const scratch = TAP_TABLE_FLOATS + bands.paddedFloats + inputRows * inputColumns * inChannels;
      pool.run(Kernel.depthwiseGradients, chunks, scratch, [
        ...sourceArguments(x),
        ...dy,
        ...depthwiseArguments(info, filter.pointer, dx.pointer, bands.rows),
        0,
        ...record,
        parts.pointer,
      ]);
      sumParts(backend, parts, chunks, 9, inChannels, inChannels, filterGradient);
      heap.release(parts);
      return { block: dx, statistics };
    },
  };
}

export function depthwiseFilterGradient(
  backend: WasmBackend,
  x: TensorData,
  dy: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const { filterHeight, filterWidth, inChannels } = info;
  const output = backend.allocateTensor([filterHeight, filterWidth, inChannels, 1]);
  if (takeDeferred(dy, x, output.data, info)) return output.info;
  const bands = outputBands(info);
  const chunks = info.batchSize * bands.count;
  const taps = filterHeight * filterWidth;
  const parts = backend.heap.allocate(chunks * taps * inChannels);
  const scratch = bands.paddedFloats + info.outWidth * inChannels + TAP_TABLE_FLOATS;
  backend.pool.run(Kernel.depthwiseFilterGradient, chunks, scratch, [
    ...sourceArguments(x),
    ...sourceArguments(dy),
    ...depthwiseArguments(info, 0, parts.pointer, bands.rows),
    0,
  ]);
  sumParts(backend, parts, chunks, taps, inChannels, inChannels, output.data);
  backend.heap.release(parts);
  return output.info;
}

/** The `DepthwiseArguments` record, all but its last field. */
function depthwiseArguments(
  info: ConvInfo,
  weights: number,
  out: number,
  bandRows: number,
): number[] {
  return [
    weights,
    out,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    info.padInfo.top,
    info.padInfo.left,
    bandRows,
  ];
}

interface Bands {
  rows: number;
  count: number;
  paddedFloats: number;
}

function outputBands(info: ConvInfo): Bands {
  return bandsOf(info, bandRows(info.outHeight, info.outWidth * info.outChannels));
}

/** Where no sums are left: bands that threads share evenly. */
function balancedOutputBands(info: ConvInfo): Bands {
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
function inputBands(info: ConvInfo): Bands {
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

function effective(filter: number, dilation: number): number {
  return (filter - 1) * dilation + 1;
}
