/** MaxPoolGrad over NHWC. */
import * as tf from "@tensorflow/tfjs";
import { allocate, dispatch, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/max_pool_gradient.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { vectorType, vectorWidth } from "../tiling.ts";
import type { ConvInfo } from "./conv2d.ts";

export interface PoolAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

const kernel: Kernel = { name: "max_pool_gradient", source };

export function poolInfo(
  shape: number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): ConvInfo {
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

export function maxPoolGradient(
  backend: TfjsWebGpuBackend,
  dy: tf.TensorInfo,
  x: tf.TensorInfo,
  y: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const dx = allocate(backend, info.inShape);
  const width = vectorWidth(info.inChannels);
  const size = tf.util.sizeFromShape(info.inShape) / width;
  const groups = spread(Math.ceil(size / 64));
  dispatch(
    backend,
    kernel,
    {
      T: vectorType(width),
      SIZE: size,
      GROUPS_X: groups[0],
      C: info.inChannels / width,
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
    },
    [x, y, dy, dx],
    groups,
  );
  return dx;
}
