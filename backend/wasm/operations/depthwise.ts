/** DepthwiseConv2dNative and its gradients: one filter a channel, any size, stride and padding. */
import * as tf from "@tensorflow/tfjs";
import { type ConvInfo, depthwiseInfo } from "../../window.ts";
import type { WasmBackend } from "../backend.ts";
import { balancedBands } from "../balance.ts";
import {
  type EpilogueRecord,
  type GatherRecord,
  Kernel,
  MOST_TAPS,
  type SourceRecord,
  TAP_TABLE_BYTES,
} from "../generated_abi.ts";
import type { Block } from "../heap.ts";
import { plainSource, sourceBlocks, sourceOf } from "../source.ts";
import type { BatchStatistics, TensorData } from "../tensor_data.ts";
import {
  deferConvolution,
  type Ending,
  type Expansion,
  takeExpansion,
} from "./deferred_convolution.ts";
import {
  deferInputGradient,
  type GradientPair,
  statisticsFor,
  takeDeferred,
} from "./deferred_gradient.ts";
import {
  balancedOutputBands,
  bandsRecord,
  effective,
  inputBands,
  outputBands,
} from "./depthwise_bands.ts";
import { rowsAsIntegers } from "./integers.ts";
import {
  runPanelGradients,
  runPanels,
  suitsPanelGradients,
  suitsPanels,
} from "./panel_depthwise.ts";
import { sumParts } from "./product.ts";
import { allocateBandStatistics } from "./statistics.ts";

const TAP_TABLE_FLOATS = TAP_TABLE_BYTES / 4;

/** What a 1×1 convolution may leave in a core's second-level cache for the depthwise one behind it. */
const EXPANDED_FLOATS = 65536;

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
  x.readers++;
  const weights = filter.block;
  const expansion = takeExpansion(x, info.inChannels);
  if (!expansion) {
    const source = sourceOf(x);
    return deferConvolution(backend, {
      info,
      reads: [...sourceBlocks(x), weights],
      run: (out, ending) => computeDepthwise(backend, source, weights, info, out, ending),
    });
  }
  return deferConvolution(backend, {
    info,
    reads: [...expansion.reads, weights],
    expansion: expansion.plan,
    run(out, ending) {
      if (!ending.withStatistics) {
        computeExpanded(backend, expansion, weights, info, out, ending.epilogue);
        return undefined;
      }
      const block = expansion.compute();
      const source = plainSource(block.pointer);
      const statistics = computeDepthwise(backend, source, weights, info, out, ending);
      backend.heap.release(block);
      return statistics;
    },
  });
}

function computeDepthwise(
  backend: WasmBackend,
  source: SourceRecord,
  weights: Block,
  info: ConvInfo,
  out: Block,
  { withStatistics, epilogue }: Ending,
): BatchStatistics | undefined {
  const bands = withStatistics ? outputBands(info) : balancedOutputBands(info);
  const { batchSize, outHeight, outWidth, outChannels } = info;
  const statistics = withStatistics
    ? allocateBandStatistics(backend, batchSize, outHeight, outWidth, bands.rows, outChannels)
    : undefined;
  const record = {
    ...bandsRecord(info, weights.pointer, out.pointer, bands.rows),
    statistics: statistics?.partials.pointer ?? 0,
  };
  if (withStatistics && suitsPanels(info, source)) {
    runPanels(backend, info, source, bands, record);
    return statistics;
  }
  const scratch = bands.paddedFloats + TAP_TABLE_FLOATS;
  backend.pool.run(Kernel.depthwise, batchSize * bands.count, scratch, {
    source,
    bands: record,
    epilogue,
  });
  return statistics;
}

/** With the convolution before it. */
function computeExpanded(
  backend: WasmBackend,
  { record, byIntegers, gather, runs, epilogue: inner }: Expansion,
  weights: Block,
  info: ConvInfo,
  out: Block,
  epilogue: EpilogueRecord,
): void {
  const { batchSize, inWidth, inChannels, outHeight, outWidth, strideHeight } = info;
  // Of long rows few channels fit the cache; of short ones many pay for setting up a row.
  const channels = Math.min(inChannels, 16 * Math.max(1, Math.round(28 / outWidth)));
  const groups = Math.ceil(inChannels / channels);
  const reach = effective(info.filterHeight, info.dilationHeight);
  const seenRows = (rows: number) => Math.min(info.inHeight, (rows - 1) * strideHeight + reach);
  const fitting = Math.floor(EXPANDED_FLOATS / (inWidth * channels));
  const most = Math.max(1, Math.floor((fitting - reach) / strideHeight) + 1);
  const expanding = inWidth * channels * record.K * Math.max(1, runs) / 16;
  const computing = outWidth * channels / 8 * info.filterHeight * info.filterWidth;
  const rowCycles = expanding * strideHeight + computing;
  const border = expanding * Math.max(0, reach - strideHeight);
  const bands = balancedBands(batchSize * groups, outHeight, most, rowCycles, border);
  const chunks = batchSize * groups * bands.chunks;
  const seen = seenRows(bands.perChunk);
  const stripRows = (seen - 1) * gather.strideHeight + runs;
  const strips = runs === 0 ? 0 : stripRows * stripFloats(gather, record.K);
  const scratch = seen * inWidth * channels + TAP_TABLE_FLOATS + strips;
  // Once for all chunks, each of which multiplies them by few columns.
  const integers = byIntegers
    ? rowsAsIntegers(backend, {
      source: plainSource(record.values),
      gather,
      runs: 0,
      rows: batchSize * info.inHeight * inWidth,
      K: record.K,
    })
    : undefined;
  backend.pool.run(Kernel.expandedDepthwise, chunks, scratch, {
    channelsPerChunk: channels,
    expansion: integers
      ? { ...record, values: integers.block.pointer, units: integers.units }
      : record,
    gather,
    runs,
    inner,
    bands: bandsRecord(info, weights.pointer, out.pointer, bands.perChunk),
    epilogue,
  });
  if (integers) backend.heap.release(integers.block);
}

/** Of a padded row of the photo, as kernels/expanded_depthwise.ts lays it out. */
function stripFloats({ gridWidth, strideWidth, channels }: GatherRecord, K: number): number {
  return (gridWidth - 1) * strideWidth * channels + K;
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
  else output.data.block = computeInputGradient(backend, sourceOf(dy), filter.block, info);
  return output.info;
}

function computeInputGradient(
  { heap, pool }: WasmBackend,
  dy: SourceRecord,
  filter: Block,
  info: ConvInfo,
): Block {
  const dx = heap.allocate(tf.util.sizeFromShape(info.inShape));
  const bands = inputBands(info);
  const scratch = bands.paddedFloats + TAP_TABLE_FLOATS;
  pool.run(Kernel.depthwiseInputGradient, info.batchSize * bands.count, scratch, {
    dy,
    bands: bandsRecord(info, filter.pointer, dx.pointer, bands.rows),
  });
  return dx;
}

/** Both gradients in one kernel call; undefined where kernels/depthwise.ts cannot. */
function depthwiseGradients(backend: WasmBackend, info: ConvInfo): GradientPair | undefined {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo, inChannels } = info;
  const taps = filterHeight * filterWidth;
  const matches = filterHeight % 2 === 1 && filterWidth % 2 === 1 &&
    2 * padInfo.top + 1 === filterHeight && 2 * padInfo.left + 1 === filterWidth &&
    info.dilationHeight * info.dilationWidth === 1 &&
    strideHeight <= 2 && strideWidth <= 2 &&
    info.outHeight === Math.ceil(info.inHeight / strideHeight) &&
    info.outWidth === Math.ceil(info.inWidth / strideWidth);
  if (!matches) return undefined;
  const { heap, pool } = backend;
  return {
    info,
    adds: true,
    computeInput: (dy, filter) => computeInputGradient(backend, dy, filter, info),

    computeBoth(dy, filter, x, filterGradient, addend) {
      const bands = inputBands(info);
      const chunks = info.batchSize * bands.count;
      const dx = heap.allocate(tf.util.sizeFromShape(info.inShape));
      const parts = heap.allocate(chunks * taps * inChannels);
      const { record, statistics } = statisticsFor(backend, x, dx, chunks, inChannels);
      const kernelArguments = {
        x: sourceOf(x),
        dy,
        bands: bandsRecord(info, filter.pointer, dx.pointer, bands.rows),
        statistics: record,
        parts: parts.pointer,
      };
      if (!addend && suitsPanelGradients(info, kernelArguments.x, dy)) {
        runPanelGradients(backend, info, bands, kernelArguments);
      } else {
        const inputRows = bands.rows + filterHeight + 1;
        const inputColumns = info.inWidth + filterWidth + 1;
        const scratch = TAP_TABLE_FLOATS + bands.paddedFloats +
          inputRows * inputColumns * inChannels;
        const more = { addend: addend?.pointer ?? 0 };
        pool.run(Kernel.depthwiseGradients, chunks, scratch, { ...kernelArguments, ...more });
      }
      sumParts(backend, parts, chunks, taps, inChannels, inChannels, filterGradient);
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
  backend.pool.run(Kernel.depthwiseFilterGradient, chunks, scratch, {
    x: sourceOf(x),
    dy: sourceOf(dy),
    bands: bandsRecord(info, 0, parts.pointer, bands.rows),
  });
  sumParts(backend, parts, chunks, taps, inChannels, inChannels, output.data);
  backend.heap.release(parts);
  return output.info;
}
