/** AddBias and LayerScale: one value for each channel. */
import * as tf from "@tensorflow/tfjs";
import { allocateForParts, dispatch, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/channel_vector.wgsl" with { type: "text" };
import { byPhotos } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { vectorType, vectorWidth } from "../tiling.ts";

const kernel: Kernel = { name: "channel_vector", source };

/** @param vector [channels], the last dimension of x */
export function withChannelVector(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  operator: "+" | "*",
  vector: tf.TensorInfo,
): tf.TensorInfo {
  const out = allocateForParts(backend, x.shape);
  const [channels] = vector.shape, V = vectorWidth(channels);
  byPhotos(backend, [x, out], (x, out) => {
    const size = tf.util.sizeFromShape(x.shape) / V, groups = spread(Math.ceil(size / 64));
    const constants = {
      T: vectorType(V),
      C: channels / V,
      SIZE: size,
      OPERATOR: operator,
      GROUPS_X: groups[0],
    };
    dispatch(backend, kernel, constants, [x, vector, out], groups);
  });
  return out;
}
