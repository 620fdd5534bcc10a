/** Linear layers over many rows, as convolutions of 1×1. */
import * as tf from "@tensorflow/tfjs";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { conv2d, conv2dInputGradient } from "./conv2d.ts";
import { conv2dFilterGradient } from "./conv2d_filter_gradient.ts";

/** x·weight + bias. */
export function linear(
  backend: TfjsWebGpuBackend,
  { x, weight, bias }: Record<"x" | "weight" | "bias", tf.TensorInfo>,
): tf.TensorInfo {
  const info = infoOf(x, weight);
  const { dataId, dtype } = conv2d(backend, { ...x, shape: info.inShape }, weight, info, bias);
  return { dataId, dtype, shape: [...x.shape.slice(0, -1), weight.shape[1]] };
}

export function linearInputGradient(
  backend: TfjsWebGpuBackend,
  { dy, weight }: Record<"dy" | "weight", tf.TensorInfo>,
): tf.TensorInfo {
  const shape = [...dy.shape.slice(0, -1), weight.shape[0]];
  const info = infoOf({ ...dy, shape }, weight);
  const rows = { ...dy, shape: info.outShape };
  const { dataId, dtype } = conv2dInputGradient(backend, rows, weight, info);
  return { dataId, dtype, shape };
}

export function linearWeightGradient(
  backend: TfjsWebGpuBackend,
  { x, dy }: Record<"x" | "dy", tf.TensorInfo>,
): tf.TensorInfo {
  const shape = [x.shape.at(-1)!, dy.shape.at(-1)!];
  const info = infoOf(x, { ...dy, shape });
  const { dataId, dtype } = conv2dFilterGradient(
    backend,
    { ...x, shape: info.inShape },
    { ...dy, shape: info.outShape },
    info,
  );
  return { dataId, dtype, shape };
}

/** Each row counts as a photo of one pixel. */
function infoOf(x: tf.TensorInfo, weight: tf.TensorInfo) {
  const [from, to] = weight.shape;
  const rows = tf.util.sizeFromShape(x.shape) / from;
  return tf.backend_util.computeConv2DInfo([rows, 1, 1, from], [1, 1, from, to], 1, 1, "valid");
}
