/** GroupedConv2D and its gradients: kernels/grouped_conv.ts and grouped_conv_gradients.ts. */
import * as tf from "@tensorflow/tfjs";
import { type ConvInfo, groupsOf, sizesOf } from "../../window.ts";
import type { WasmBackend } from "../backend.ts";
import { balancedBands } from "../balance.ts";
import { type GroupedBandsRecord, Kernel, type SourceRecord } from "../generated_abi.ts";
import type { Block } from "../heap.ts";
import { sourceBlocks, sourceOf } from "../source.ts";
import type { GradientStatistics, TensorData } from "../tensor_data.ts";
import { deferConvolution } from "./deferred_convolution.ts";
import { deferInputGradient, statisticsFor, takeDeferred } from "./deferred_gradient.ts";
import { sumParts } from "./product.ts";
import { allocateBandStatistics } from "./statistics.ts";

/** What a band's outputs may take of a core's second-level cache, in floats. */
const BAND_FLOATS = 65536;

export function groupedConv(
  backend: WasmBackend,
  x: TensorData,
  filter: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  x.readers++;
  const source = sourceOf(x), weights = filter.block;
  const { batchSize, outHeight, outWidth, outChannels } = info;
  return deferConvolution(backend, {
    info,
    reads: [...sourceBlocks(x), weights],
    run(out, { withStatistics, epilogue }) {
      const bandRows = withStatistics
        ? rowsOfBand(outHeight, outWidth * outChannels)
        : balancedRows(info);
      const statistics = withStatistics
        ? allocateBandStatistics(backend, batchSize, outHeight, outWidth, bandRows, outChannels)
        : undefined;
      const scratch = filterFloats(info) + info.inWidth * info.inChannels +
        paddedFloats(info, bandRows);
      backend.pool.run(Kernel.groupedConv, batchSize * Math.ceil(outHeight / bandRows), scratch, {
        source,
        bands: {
          ...bandsRecord(backend, info, weights.pointer, out.pointer, bandRows),
          statistics: statistics?.partials.pointer ?? 0,
        },
        epilogue,
      });
      return statistics;
    },
  });
}

/** Put off until the filter's is asked for: only then is it known whose gradient it is. */
export function groupedConvInputGradient(
  backend: WasmBackend,
  dy: TensorData,
  filter: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const output = backend.emptyTensor(info.inShape);
  deferInputGradient(
    backend,
    {
      info,
      adds: false,
      computeInput: (dy, filter) => computeInputGradient(backend, dy, filter, info).block,
      computeBoth(dy, filter, x, filterGradient) {
        computeFilterGradient(backend, sourceOf(x), dy, info, filterGradient);
        return computeInputGradient(backend, dy, filter, info, x);
      },
    },
    dy,
    filter,
    output.data,
  );
  return output.info;
}

export function groupedConvFilterGradient(
  backend: WasmBackend,
  x: TensorData,
  dy: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const { filterHeight, filterWidth, outChannels } = info;
  const own = info.inChannels / groupsOf(info);
  const output = backend.allocateTensor([filterHeight, filterWidth, own, outChannels]);
  if (!takeDeferred(dy, x, output.data, info)) {
    computeFilterGradient(backend, sourceOf(x), sourceOf(dy), info, output.data);
  }
  return output.info;
}

/** @param x what it is the gradient of, for the statistics of the batch norm before that */
function computeInputGradient(
  backend: WasmBackend,
  dy: SourceRecord,
  filter: Block,
  info: ConvInfo,
  x?: TensorData,
): { block: Block; statistics?: GradientStatistics } {
  const { heap, pool } = backend;
  const { batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth } = info;
  const { outWidth, outChannels, strideWidth: stride } = info;
  const bandRows = rowsOfBand(inHeight, inWidth * inChannels);
  const chunks = batchSize * Math.ceil(inHeight / bandRows);
  const block = heap.allocate(tf.util.sizeFromShape(info.inShape));
  const { record, statistics } = statisticsFor(backend, x, block, chunks, inChannels);
  const rows = Math.ceil((bandRows + filterHeight) / stride) + 1;
  const reach = Math.ceil(filterWidth / stride);
  const columns = Math.max(
    outWidth,
    Math.floor((inWidth - 1 + info.padInfo.left) / stride) + 1,
  ) + reach;
  const scratch = filterFloats(info) + (outWidth + rows * columns) * outChannels;
  pool.run(Kernel.groupedConvInputGradient, chunks, scratch, {
    dy,
    bands: bandsRecord(backend, info, filter.pointer, block.pointer, bandRows),
    statistics: record,
  });
  return { block, statistics };
}

function computeFilterGradient(
  backend: WasmBackend,
  x: SourceRecord,
  dy: SourceRecord,
  info: ConvInfo,
  out: TensorData,
): void {
  const { heap, pool } = backend;
  const { batchSize, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const bandRows = rowsOfBand(outHeight, outWidth * outChannels);
  const chunks = batchSize * Math.ceil(outHeight / bandRows);
  const depth = info.filterHeight * info.filterWidth * inChannels / groupsOf(info);
  const parts = heap.allocate(chunks * depth * outChannels);
  // With zeros between the rows, where there is no stride.
  const gradients = bandRows * (outWidth + info.filterWidth - 1);
  const scratch = Math.max(inWidth * inChannels, outWidth * outChannels) +
    paddedFloats(info, bandRows) + gradients * (outChannels + 16);
  pool.run(Kernel.groupedConvFilterGradient, chunks, scratch, {
    x,
    dy,
    bands: bandsRecord(backend, info, 0, 0, bandRows),
    parts: parts.pointer,
  });
  sumParts(backend, parts, chunks, depth, outChannels, outChannels, out);
  heap.release(parts);
}

/** Without statistics, which forward passes alone leave. */
function bandsRecord(
  { wide }: WasmBackend,
  info: ConvInfo,
  weights: number,
  out: number,
  bandRows: number,
): GroupedBandsRecord {
  return {
    weights,
    out,
    ...sizesOf(info),
    outChannels: info.outChannels,
    groups: groupsOf(info),
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    stride: info.strideWidth,
    bandRows,
    statistics: 0,
    wide,
  };
}

/** Of one group, as a kernel packs it. */
function filterFloats(info: ConvInfo): number {
  const groups = groupsOf(info);
  return info.filterHeight * info.filterWidth * info.inChannels / groups * info.outChannels /
    groups;
}

/** A band's input with what is around it. */
function paddedFloats(info: ConvInfo, bandRows: number): number {
  const height = (bandRows - 1) * info.strideHeight + info.filterHeight;
  const width = (info.outWidth - 1) * info.strideWidth + info.filterWidth;
  return height * width * info.inChannels;
}

/** Few enough for the cache, enough that the rows around them cost little. */
function rowsOfBand(height: number, floatsPerRow: number): number {
  const fitting = Math.max(4, Math.floor(BAND_FLOATS / floatsPerRow));
  return Math.ceil(height / Math.ceil(height / fitting));
}

/** Where no sums are left: bands that threads share evenly. */
function balancedRows(info: ConvInfo): number {
  const { batchSize, outHeight, outWidth, outChannels, inWidth, inChannels, strideHeight } = info;
  const copying = inWidth * inChannels / 8 * 4;
  const taps = info.filterHeight * info.filterWidth * inChannels / groupsOf(info);
  const rowCycles = outWidth * outChannels / 8 * taps + copying * strideHeight;
  const border = copying * Math.max(0, info.filterHeight - strideHeight);
  const most = rowsOfBand(outHeight, outWidth * outChannels);
  return balancedBands(batchSize, outHeight, most, rowCycles, border).perChunk;
}
