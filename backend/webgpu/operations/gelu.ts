/** Gelu and its gradient, value by value. */
import * as tf from "@tensorflow/tfjs";
import type { GeluForm } from "../../ops/gelu.ts";
import { allocate, dispatch, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/gelu.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { vectorType, vectorWidth } from "../tiling.ts";

const kernel: Kernel = { name: "gelu", source };

/** gelu(x); or, with dy, its gradient. */
export function gelu(
  backend: TfjsWebGpuBackend,
  { x, dy }: { x: tf.TensorInfo; dy?: tf.TensorInfo },
  { form }: { form: GeluForm },
): tf.TensorInfo {
  const out = allocate(backend, x.shape);
  const values = tf.util.sizeFromShape(x.shape), V = vectorWidth(values);
  const groups = spread(Math.ceil(values / V / 64));
  const constants = {
    T: vectorType(V),
    SIZE: values / V,
    TANH: form === "tanh",
    SLOPE: dy !== undefined,
    GROUPS_X: groups[0],
  };
  dispatch(backend, kernel, constants, [x, out, ...(dy ? [dy] : [])], groups);
  return out;
}
