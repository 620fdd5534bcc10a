/** GroupedConv2D and its two gradients, of groups whose channels come in eights. */
import type * as tf from "@tensorflow/tfjs";
import { type ConvInfo, groupsOf } from "../../window.ts";
import { allocate, dispatch, type Kernel } from "../dispatch.ts";
import source from "../kernels/grouped_conv2d.wgsl" with { type: "text" };
import filterGradientSource from "../kernels/grouped_conv2d_filter_gradient.wgsl" with {
  type: "text",
};
import { operand, operandSource } from "../operand.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { slicesOf, tilingOf } from "../tiling.ts";
import { sumSlices } from "./conv2d.ts";

const groupedKernel: Kernel = { name: "grouped_conv2d", source: source + operandSource("x") };
const filterGradientKernel: Kernel = {
  name: "grouped_conv2d_filter_gradient",
  source: filterGradientSource + operandSource("x") + operandSource("dy"),
};

/** Channels of a group up to which what is lazy is computed while loading, once for each eight of them. */
const FEW_CHANNELS = 16;

export function groupedConv(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const y = allocate(backend, info.outShape);
  convolve(backend, x, filter, y, info, {
    input: [info.inHeight, info.inWidth, info.inChannels],
    output: [info.outHeight, info.outWidth, info.outChannels],
    stride: [info.strideHeight, info.strideWidth],
    up: [1, 1],
    pad: [info.padInfo.top, info.padInfo.left],
    turned: false,
  });
  return y;
}

export function groupedConvInputGradient(
  backend: TfjsWebGpuBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const dx = allocate(backend, info.inShape);
  convolve(backend, dy, filter, dx, info, {
    input: [info.outHeight, info.outWidth, info.outChannels],
    output: [info.inHeight, info.inWidth, info.inChannels],
    stride: [1, 1],
    up: [info.strideHeight, info.strideWidth],
    pad: [info.filterHeight - 1 - info.padInfo.top, info.filterWidth - 1 - info.padInfo.left],
    turned: true,
  });
  return dx;
}

export function groupedConvFilterGradient(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const groups = groupsOf(info), IN = info.inChannels / 4, OUT = info.outChannels / 4;
  const threads = OUT * IN / groups, tiling = tilingOf(backend);
  const WX = Math.min(threads, 8 * tiling.workgroupRows);
  const workgroups = Math.ceil(threads / WX), ROWS = info.batchSize * info.outHeight;
  const tiles = workgroups * info.filterHeight;
  const { slices, rowsPerSlice } = slicesOf(ROWS, tiles, tiling);
  const shape = [
    info.filterHeight,
    info.filterWidth,
    info.inChannels / groups,
    info.outChannels,
  ];
  const partials = allocate(backend, slices === 1 ? shape : [slices, ...shape]);
  const mayCompute = isNarrow(info);
  const left = operand("x", x, info.inChannels, 1, mayCompute);
  const right = operand("dy", dy, info.outChannels, 1 + left.tensors.length, mayCompute);
  dispatch(
    backend,
    filterGradientKernel,
    {
      ...left.constants,
      ...right.constants,
      IN,
      OUT,
      IN_OWN: IN / groups,
      OUT_OWN: OUT / groups,
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
    [workgroups, slices, info.filterHeight],
  );
  return sumSlices(backend, partials, shape, slices);
}

interface Geometry {
  /** Height, width, channels. */
  input: [number, number, number];
  output: [number, number, number];
  stride: [number, number];
  /** By how much the input is spread out: the stride, in the gradient of a strided convolution. */
  up: [number, number];
  pad: [number, number];
  /** Whether the filter is read turned by 180°, from its outputs to its inputs. */
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
  const groups = groupsOf(info), IN = input[2] / 4, OUT = output[2] / 4;
  const TM = up[1] * Math.ceil(4 / up[1]);
  const source = operand("x", x, input[2], 2, isNarrow(info));
  dispatch(
    backend,
    groupedKernel,
    {
      ...source.constants,
      IN,
      OUT,
      IN_OWN: IN / groups,
      OUT_OWN: OUT / groups,
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
    [Math.ceil(output[0] * Math.ceil(output[1] / TM) * OUT / 64), info.batchSize],
  );
}

function isNarrow(info: ConvInfo): boolean {
  return Math.max(info.inChannels, info.outChannels) / groupsOf(info) <= FEW_CHANNELS;
}
