/** DepthwiseConv2dNative and its gradients: one filter a channel, any size, stride and padding. */
import * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../kernel.ts";
import { sourceArguments } from "../source.ts";
import type { TensorData } from "../tensor_data.ts";
import type { ConvAttributes } from "./conv2d.ts";
import { sumParts } from "./product.ts";
import type { ConvInfo } from "./taps.ts";

type Shape4D = [number, number, number, number];

/** kernels/depthwise.ts has room for a table of so many taps. */
const MOST_TAPS = 1024;
const TAP_TABLE_FLOATS = 2048;

/** Geometry by tfjs's own rules; undefined where the case is not ours. */
export function depthwiseInfo(
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dataFormat, dilations, dimRoundingMode }: ConvAttributes,
): ConvInfo | undefined {
  if (dataFormat !== "NHWC" && dataFormat !== undefined) return undefined;
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
  const oneFilterAChannel = filterShape[2] === info.inChannels && filterShape[3] === 1;
  return oneFilterAChannel && info.filterHeight * info.filterWidth <= MOST_TAPS ? info : undefined;
}

export function depthwise(
  backend: WasmBackend,
  x: TensorData,
  filter: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const { heap, pool } = backend;
  const output = backend.allocateTensor(info.outShape);
  const bands = outputBands(info);
  const chunks = info.batchSize * bands.count;
  if (filter.statisticsWanted) {
    const counts = heap.allocate(chunks);
    const view = heap.integers(counts, chunks);
    for (let i = 0; i < chunks; i++) {
      const first = i % bands.count * bands.rows;
      view[i] = Math.min(bands.rows, info.outHeight - first) * info.outWidth;
    }
    const partials = heap.allocate(chunks * 3 * info.outChannels);
    output.data.statistics = { partials, counts, parts: chunks };
  }
  pool.run(Kernel.depthwise, chunks, bands.paddedFloats + TAP_TABLE_FLOATS, [
    ...sourceArguments(x),
    ...depthwiseArguments(info, filter.pointer, output.data.pointer, bands.rows),
    output.data.statistics?.partials.pointer ?? 0,
  ]);
  output.data.filter = filter;
  return output.info;
}

export function depthwiseInputGradient(
  backend: WasmBackend,
  dy: TensorData,
  filter: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const output = backend.allocateTensor(info.inShape);
  const rows = bandRows(info.inHeight, info.inWidth * info.inChannels);
  const chunks = info.batchSize * Math.ceil(info.inHeight / rows);
  // Rows and columns of dy that a band's pixels come from.
  const height = Math.ceil(
    (rows + effective(info.filterHeight, info.dilationHeight)) /
      info.strideHeight,
  ) + 1;
  const width = Math.max(info.outWidth, Math.ceil(info.inWidth / info.strideWidth)) +
    2 * Math.ceil(
        (effective(info.filterWidth, info.dilationWidth) + info.padInfo.left) /
          info.strideWidth,
      ) +
    1;
  const scratch = height * width * info.inChannels + TAP_TABLE_FLOATS;
  backend.pool.run(Kernel.depthwiseInputGradient, chunks, scratch, [
    ...sourceArguments(dy),
    ...depthwiseArguments(info, filter.pointer, output.data.pointer, rows),
    0,
  ]);
  return output.info;
}

export function depthwiseFilterGradient(
  backend: WasmBackend,
  x: TensorData,
  dy: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const { filterHeight, filterWidth, inChannels } = info;
  const output = backend.allocateTensor([filterHeight, filterWidth, inChannels, 1]);
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

function outputBands(info: ConvInfo): { rows: number; count: number; paddedFloats: number } {
  const rows = bandRows(info.outHeight, info.outWidth * info.outChannels);
  const height = (rows - 1) * info.strideHeight + effective(info.filterHeight, info.dilationHeight);
  const width = (info.outWidth - 1) * info.strideWidth +
    effective(info.filterWidth, info.dilationWidth);
  return {
    rows,
    count: Math.ceil(info.outHeight / rows),
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
