/** DepthwiseConv2dNative and its two gradients, with one filter a channel and without dilation. */
import type * as tf from "@tensorflow/tfjs";
import { type ConvInfo, depthwiseInfo } from "../../window.ts";
import { allocate, allocateForParts, dispatch, type Kernel } from "../dispatch.ts";
import source from "../kernels/depthwise.wgsl" with { type: "text" };
import filterGradientSource from "../kernels/depthwise_filter_gradient.wgsl" with { type: "text" };
import { type Geometry, geometryOf, inputGradientGeometry } from "../geometry.ts";
import { operand, operandSource } from "../operand.ts";
import { byPhotos, type Part } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { fillingSlices, slicesOf, tilingOf, vectorType, vectorWidth } from "../tiling.ts";
import { isPlain } from "./conv2d.ts";
import { sumByPhotos } from "./sum_by_photos.ts";
import { sumSlices } from "./sum_slices.ts";

const depthwiseKernel: Kernel = { name: "depthwise", source: source + operandSource("x") };
const filterGradientKernel: Kernel = {
  name: "depthwise_filter_gradient",
  source: filterGradientSource + operandSource("x") + operandSource("dy"),
};

/** Larger filters would not fit registers, unrolled as they are. */
const LARGEST_FILTER = 7;

/** Undefined where the stock kernel must serve. */
export function smallWindow(...window: Parameters<typeof depthwiseInfo>): ConvInfo | undefined {
  const info = depthwiseInfo(...window);
  const isOurs = info && isPlain(info) &&
    info.filterHeight <= LARGEST_FILTER && info.filterWidth <= LARGEST_FILTER &&
    info.strideHeight <= 4 && info.strideWidth <= 4;
  return isOurs ? info : undefined;
}

export function depthwise(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const y = allocateForParts(backend, info.outShape);
  byPhotos(
    backend,
    [x, y],
    (x, y) => convolve(backend, x, filter, y, info, geometryOf(info), false),
  );
  return y;
}

export function depthwiseInputGradient(
  backend: TfjsWebGpuBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const dx = allocateForParts(backend, info.inShape);
  byPhotos(
    backend,
    [dy, dx],
    (dy, dx) => convolve(backend, dy, filter, dx, info, inputGradientGeometry(info), true),
  );
  return dx;
}

export function depthwiseFilterGradient(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  return sumByPhotos(backend, [x, dy], (x, dy) => filterGradientOfPart(backend, x, dy, info));
}

function filterGradientOfPart(
  backend: TfjsWebGpuBackend,
  x: Part,
  dy: Part,
  info: ConvInfo,
): tf.TensorInfo {
  const width = vectorWidth(info.inChannels), C = info.inChannels / width;
  const TM = info.outWidth % 4 === 0 ? 4 : 7;
  // 128 bytes side by side.
  const WX = Math.min(C, 8), WY = tilingOf(backend).statisticThreads > 1 ? 16 : 1;
  const ROWS = x.shape[0] * info.outHeight;
  const shape = [info.filterHeight, info.filterWidth, info.inChannels, 1];
  const groups = Math.ceil(C / WX), fewest = Math.ceil(WY / Math.ceil(info.outWidth / TM));
  const filling = fillingSlices(backend, ROWS, groups, shape);
  const { slices, rowsPerSlice } = slicesOf(ROWS, Math.min(filling.slices, ROWS / fewest));
  const partials = allocate(backend, slices === 1 ? shape : [slices, ...shape]);
  const left = operand("x", x, info.inChannels, 1, true);
  const right = operand("dy", dy, info.inChannels, 1 + left.tensors.length, true);
  dispatch(
    backend,
    filterGradientKernel,
    {
      ...left.constants,
      ...right.constants,
      T: vectorType(width),
      C,
      ...geometryOf(info),
      ROWS,
      PER_SLICE: rowsPerSlice,
      TM,
      WX,
      WY,
    },
    [partials, ...left.tensors, ...right.tensors],
    [groups, slices],
  );
  return sumSlices(backend, partials, shape, slices);
}

/** @param turned whether the filter is read turned by 180° */
function convolve(
  backend: TfjsWebGpuBackend,
  x: Part,
  filter: tf.TensorInfo,
  y: Part,
  info: ConvInfo,
  geometry: Geometry,
  turned: boolean,
): void {
  const width = vectorWidth(info.inChannels), C = info.inChannels / width;
  const { OH, OW, UP_W } = geometry;
  const TM = pixelsInRegisters(OW, UP_W);
  const source = operand("x", x, info.inChannels, 2, true);
  dispatch(
    backend,
    depthwiseKernel,
    {
      ...source.constants,
      T: vectorType(width),
      C,
      ...geometry,
      TURNED: turned,
      TM,
    },
    [filter, y, ...source.tensors],
    [Math.ceil(OH * Math.ceil(OW / TM) * C / 64), x.shape[0]],
  );
}

/** Pixels a thread computes at once: a multiple of `up`, with a short tail. */
function pixelsInRegisters(columns: number, up: number): number {
  const candidates = [8, 7, 14, 6, 4].filter((tile) => tile % up === 0);
  const computed = (tile: number) => Math.ceil(columns / tile) * tile;
  const fallback = up * Math.ceil(4 / up);
  return candidates.reduce(
    (best, tile) => computed(tile) < computed(best) ? tile : best,
    candidates[0] ?? fallback,
  );
}
