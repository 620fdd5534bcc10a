/** Conv2D, Conv2DBackpropInput, Conv2DBackpropFilter: NHWC, any stride, padding and dilation. */
import type * as tf from "@tensorflow/tfjs";
import type { ConvInfo } from "../../window.ts";
import type { WasmBackend } from "../backend.ts";
import { sourceBlocks } from "../source.ts";
import type { TensorData } from "../tensor_data.ts";
import { type ConvolutionPlan, deferConvolution } from "./deferred_convolution.ts";
import { deferInputGradient, takeDeferred } from "./deferred_gradient.ts";
import { packIntegers, suitsIntegers } from "./integers.ts";
import { type PackedWeights, packWeights } from "./pack.ts";
import { pointwiseGradients } from "./pointwise_gradients.ts";
import {
  multiplyRows,
  multiplyTransposedRows,
  type ProductRows,
  productSource,
  stripsOf,
  suitsStrips,
} from "./product.ts";
import { forwardTaps, inputGradientTaps, isPointwise, splitRuns } from "./taps.ts";
import {
  planWinograd,
  suitsWinograd,
  transformFilter,
  winogradFilterGradient,
  winogradInputGradient,
} from "./winograd.ts";

export function conv2d(
  backend: WasmBackend,
  x: TensorData,
  filter: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  backend.panelWidth.settle();
  x.readers++;
  const K = info.filterHeight * info.filterWidth * info.inChannels, N = info.outChannels;
  const byTiles = suitsWinograd(info);
  const byIntegers = suitsIntegers(backend, { K, N }) && !suitsStrips(inputRows(x, info));
  const weights = byTiles
    ? transformFilter(backend, filter, info, false)
    : byIntegers
    ? packIntegers(backend, filter, { K, N })
    : packWeights(backend, filter, { taps: [0], K, N, transposed: false });
  const plan = byTiles ? planWinograd : planProduct;
  const output = deferConvolution(backend, plan(backend, x, weights, info));
  backend.heap.release(weights.block);
  return output;
}

function planProduct(
  backend: WasmBackend,
  x: TensorData,
  weights: PackedWeights,
  info: ConvInfo,
): ConvolutionPlan {
  const rows = inputRows(x, info), columns = info.outChannels;
  const source = productSource(rows, columns);
  return {
    info,
    reads: [...sourceBlocks(x), weights.block],
    product: x.lazy ? undefined : productInMemory(backend, x, weights, rows),
    run: (block, ending) =>
      multiplyRows(backend, { ...rows, source }, weights, { block, columns }, ending),
  };
}

function productInMemory(
  backend: WasmBackend,
  { pointer: values }: TensorData,
  weights: PackedWeights,
  rows: ProductRows,
): ConvolutionPlan["product"] {
  if (rows.kind === "rows") return { values, weights, K: rows.K };
  const strips = stripsOf(backend, rows);
  return strips && { values, weights, ...strips };
}

export function conv2dInputGradient(
  backend: WasmBackend,
  dy: TensorData,
  filter: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const output = backend.emptyTensor(info.inShape);
  const pair = pointwiseGradients(backend, info);
  if (pair) {
    deferInputGradient(backend, pair, dy, filter, output.data);
    return output.info;
  }
  output.data.block = backend.heap.allocate(output.data.size);
  if (suitsWinograd(info)) {
    winogradInputGradient(backend, dy, filter, info, output.data.block);
    return output.info;
  }
  if (isPointwise(info)) {
    const rows = rowsOf(info), K = info.outChannels;
    multiplyByTransposedFilter({ kind: "rows", source: dy, rows, K }, [0]);
    return output.info;
  }
  for (let phaseY = 0; phaseY < Math.min(info.strideHeight, info.inHeight); phaseY++) {
    for (let phaseX = 0; phaseX < Math.min(info.strideWidth, info.inWidth); phaseX++) {
      const grid = inputGradientTaps(info, phaseY, phaseX);
      multiplyByTransposedFilter(
        {
          kind: "gathered",
          source: dy,
          batch: info.batchSize,
          height: info.outHeight,
          width: info.outWidth,
          channels: info.outChannels,
          grid: info.outChannels >= LONG_PIXEL ? splitRuns(grid) : grid,
        },
        grid.runs.flatMap((run) => run.indices),
        { offsetHeight: phaseY, offsetWidth: phaseX },
      );
    }
  }
  return output.info;

  function multiplyByTransposedFilter(
    rows: ProductRows,
    taps: number[],
    phase?: { offsetHeight: number; offsetWidth: number },
  ) {
    const weights = packWeights(backend, filter, {
      taps,
      K: info.outChannels,
      N: info.inChannels,
      transposed: true,
    });
    const pixels = phase && {
      height: info.inHeight,
      width: info.inWidth,
      stepHeight: info.strideHeight,
      stepWidth: info.strideWidth,
      ...phase,
    };
    const target = { block: output.data.block, columns: info.inChannels, pixels };
    multiplyRows(backend, rows, weights, target);
    backend.heap.release(weights.block);
  }
}

export function conv2dFilterGradient(
  backend: WasmBackend,
  x: TensorData,
  dy: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const output = backend.allocateTensor([filterHeight, filterWidth, inChannels, outChannels]);
  if (takeDeferred(dy, x, output.data, info)) return output.info;
  if (suitsWinograd(info)) {
    winogradFilterGradient(backend, x, dy, info, output.data.block);
    return output.info;
  }
  const rows = inputRows(x, info);
  // Work is shared out by runs of taps: shorter runs share it more evenly.
  if (rows.kind === "gathered" && inChannels >= 32) rows.grid = splitRuns(rows.grid);
  multiplyTransposedRows(backend, rows, dy, outChannels, output.data);
  return output.info;
}

/** Channels from which on a run of several taps is too much to gather at once. */
const LONG_PIXEL = 128;

function inputRows(x: TensorData, info: ConvInfo): ProductRows {
  if (isPointwise(info)) {
    return {
      kind: "rows",
      source: x,
      rows: rowsOf(info),
      K: info.inChannels,
    };
  }
  return {
    kind: "gathered",
    source: x,
    batch: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    grid: info.inChannels >= LONG_PIXEL ? splitRuns(forwardTaps(info)) : forwardTaps(info),
  };
}

function rowsOf(info: ConvInfo): number {
  return info.batchSize * info.outHeight * info.outWidth;
}
