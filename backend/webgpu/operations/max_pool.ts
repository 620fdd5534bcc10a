/** MaxPoolGrad over NHWC. */
import * as tf from "@tensorflow/tfjs";
import type { ConvInfo } from "../../window.ts";
import { allocate, dispatch, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/max_pool_gradient.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { vectorType, vectorWidth } from "../tiling.ts";

const kernel: Kernel = { name: "max_pool_gradient", source };

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
