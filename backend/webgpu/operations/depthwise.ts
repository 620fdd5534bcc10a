/** DepthwiseConv2dNative and its two gradients, with one filter a channel and without dilation. */
import type * as tf from "@tensorflow/tfjs";
import { type ConvInfo, depthwiseInfo } from "../../window.ts";
import { allocate, dispatch, type Kernel } from "../dispatch.ts";
import source from "../kernels/depthwise.wgsl" with { type: "text" };
import filterGradientSource from "../kernels/depthwise_filter_gradient.wgsl" with { type: "text" };
import { operand, operandSource } from "../operand.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { slicesOf, tilingOf, vectorType, vectorWidth } from "../tiling.ts";
import { isPlain, sumSlices } from "./conv2d.ts";

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
  const y = allocate(backend, info.outShape);
  convolve(backend, x, filter, y, info, {
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    stride: [info.strideHeight, info.strideWidth],
    up: [1, 1],
    pad: [info.padInfo.top, info.padInfo.left],
    turned: false,
  });
  return y;
}

export function depthwiseInputGradient(
  backend: TfjsWebGpuBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const dx = allocate(backend, info.inShape);
  convolve(backend, dy, filter, dx, info, {
    input: [info.outHeight, info.outWidth],
    output: [info.inHeight, info.inWidth],
    stride: [1, 1],
    up: [info.strideHeight, info.strideWidth],
    pad: [info.filterHeight - 1 - info.padInfo.top, info.filterWidth - 1 - info.padInfo.left],
    turned: true,
  });
  return dx;
}

export function depthwiseFilterGradient(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const width = vectorWidth(info.inChannels), C = info.inChannels / width;
  const tiling = tilingOf(backend);
  const WX = Math.min(C, 8 * tiling.workgroupRows);
  const groups = Math.ceil(C / WX);
  const ROWS = info.batchSize * info.outHeight;
  const { slices, rowsPerSlice } = slicesOf(ROWS, groups, tiling);
  const shape = [info.filterHeight, info.filterWidth, info.inChannels, 1];
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
      H: info.inHeight,
      W: info.inWidth,
      OH: info.outHeight,
      OW: info.outWidth,
      KH: info.filterHeight,
      KW: info.filterWidth,
      S_H: info.strideHeight,
      S_W: info.strideWidth,
      P_H: info.padInfo.top,
      P_W: info.padInfo.left,
      ROWS,
      PER_SLICE: rowsPerSlice,
      TM: info.outWidth % 4 === 0 ? 4 : 7,
      WX,
    },
    [partials, ...left.tensors, ...right.tensors],
    [groups, slices],
  );
  return sumSlices(backend, partials, shape, slices);
}

interface Geometry {
  /** Height and width. */
  input: [number, number];
  output: [number, number];
  stride: [number, number];
  /** By how much the input is spread out: the stride, in the gradient of a strided convolution. */
  up: [number, number];
  pad: [number, number];
  /** Whether the filter is read turned by 180°. */
  turned: boolean;
}

function convolve(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  y: tf.TensorInfo,
  info: ConvInfo,
  { input, output, stride, up, pad, turned }: Geometry,
): void {
  const width = vectorWidth(info.inChannels), C = info.inChannels / width;
  const TM = pixelsInRegisters(output[1], up[1]);
  const source = operand("x", x, info.inChannels, 2, true);
  dispatch(
    backend,
    depthwiseKernel,
    {
      ...source.constants,
      T: vectorType(width),
      C,
      H: input[0],
      W: input[1],
      OH: output[0],
      OW: output[1],
      KH: info.filterHeight,
      KW: info.filterWidth,
      S_H: stride[0],
      S_W: stride[1],
      UP_H: up[0],
      UP_W: up[1],
      P_H: pad[0],
      P_W: pad[1],
      TURNED: turned,
      TM,
    },
    [filter, y, ...source.tensors],
    [Math.ceil(output[0] * Math.ceil(output[1] / TM) * C / 64), info.batchSize],
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
