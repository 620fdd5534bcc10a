/** MaxPool and MaxPoolGrad over NHWC. */
import * as tf from "@tensorflow/tfjs";
import type { ConvInfo } from "../../window.ts";
import { allocateForParts, dispatch, type Kernel, spread } from "../dispatch.ts";
import { geometryOf } from "../geometry.ts";
import source from "../kernels/max_pool.wgsl" with { type: "text" };
import gradientSource from "../kernels/max_pool_gradient.wgsl" with { type: "text" };
import { byPhotos } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { vectorType, vectorWidth } from "../tiling.ts";

const forward: Kernel = { name: "max_pool", source };
const gradient: Kernel = { name: "max_pool_gradient", source: gradientSource };

export function maxPool(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const y = allocateForParts(backend, info.outShape);
  pool(backend, forward, [x, y], y, info);
  return y;
}

export function maxPoolGradient(
  backend: TfjsWebGpuBackend,
  dy: tf.TensorInfo,
  x: tf.TensorInfo,
  y: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const dx = allocateForParts(backend, info.inShape);
  pool(backend, gradient, [x, y, dy, dx], dx, info);
  return dx;
}

/** @param written by a thread for each vector of channels */
function pool(
  backend: TfjsWebGpuBackend,
  kernel: Kernel,
  tensors: tf.TensorInfo[],
  written: tf.TensorInfo,
  info: ConvInfo,
): void {
  const width = vectorWidth(info.inChannels);
  byPhotos(backend, tensors, (...parts) => {
    const { shape } = parts[tensors.indexOf(written)];
    const SIZE = tf.util.sizeFromShape(shape) / width, groups = spread(Math.ceil(SIZE / 64));
    const constants = {
      T: vectorType(width),
      SIZE,
      GROUPS_X: groups[0],
      C: info.inChannels / width,
      ...geometryOf(info),
    };
    dispatch(backend, kernel, constants, parts, groups);
  });
}
