/** Gelu and its gradient, value by value. */
import * as tf from "@tensorflow/tfjs";
import type { GeluForm } from "../../ops/gelu.ts";
import { allocateForParts, dispatch, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/gelu.wgsl" with { type: "text" };
import { byPhotos } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { vectorType, vectorWidth } from "../tiling.ts";

const kernel: Kernel = { name: "gelu", source };

/** gelu(x); or, with dy, its gradient. */
export function gelu(
  backend: TfjsWebGpuBackend,
  { x, dy }: { x: tf.TensorInfo; dy?: tf.TensorInfo },
  { form }: { form: GeluForm },
): tf.TensorInfo {
  const out = allocateForParts(backend, x.shape);
  byPhotos(backend, [x, out, ...(dy ? [dy] : [])], (...parts) => {
    const values = tf.util.sizeFromShape(parts[0].shape), V = vectorWidth(values);
    const groups = spread(Math.ceil(values / V / 64));
    const constants = {
      T: vectorType(V),
      SIZE: values / V,
      TANH: form === "tanh",
      SLOPE: dy !== undefined,
      GROUPS_X: groups[0],
    };
    dispatch(backend, kernel, constants, parts, groups);
  });
  return out;
}
