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
  const { dataId, dtype } = conv2d(backend, x, weight, infoOf(x, weight), bias);
  return { dataId, dtype, shape: [...x.shape.slice(0, -1), weight.shape[1]] };
}

export function linearInputGradient(
  backend: TfjsWebGpuBackend,
  { dy, weight }: Record<"dy" | "weight", tf.TensorInfo>,
): tf.TensorInfo {
  const shape = [...dy.shape.slice(0, -1), weight.shape[0]];
  const info = infoOf({ ...dy, shape }, weight);
  const { dataId, dtype } = conv2dInputGradient(backend, dy, weight, info);
  return { dataId, dtype, shape };
}

export function linearWeightGradient(
  backend: TfjsWebGpuBackend,
  { x, dy }: Record<"x" | "dy", tf.TensorInfo>,
): tf.TensorInfo {
  const shape = [x.shape.at(-1)!, dy.shape.at(-1)!];
  const { dataId, dtype } = conv2dFilterGradient(backend, x, dy, infoOf(x, { ...dy, shape }));
  return { dataId, dtype, shape };
}

function infoOf(x: tf.TensorInfo, weight: tf.TensorInfo) {
  const [from, to] = weight.shape;
  const rows = tf.util.sizeFromShape(x.shape) / from;
  return tf.backend_util.computeConv2DInfo([1, rows, 1, from], [1, 1, from, to], 1, 1, "valid");
}
