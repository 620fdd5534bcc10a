/** Activate and ActivateGrad: each value by itself. */
import * as tf from "@tensorflow/tfjs";
import type { Activation, ActivationGradientInputs } from "../../ops/activation.ts";
import { allocateForParts, dispatch, type Kernel, spread } from "../dispatch.ts";
import activateSource from "../kernels/activate.wgsl" with { type: "text" };
import activation from "../kernels/activation.wgsl" with { type: "text" };
import maskSource from "../kernels/mask_gradient.wgsl" with { type: "text" };
import { byPhotos } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { vectorType, vectorWidth } from "../tiling.ts";

const activateKernel: Kernel = { name: "activate", source: activateSource + activation };
const maskKernel: Kernel = { name: "mask_gradient", source: maskSource + activation };

export function activate(
  backend: TfjsWebGpuBackend,
  { x }: { x: tf.TensorInfo },
  attributes: { activation: Activation },
): tf.TensorInfo {
  const y = allocateForParts(backend, x.shape);
  elementwise(backend, activateKernel, [x, y], attributes);
  return y;
}

export function activateGradient(
  backend: TfjsWebGpuBackend,
  { dy, x }: ActivationGradientInputs,
  attributes: { activation: Activation },
): tf.TensorInfo {
  const dx = allocateForParts(backend, x.shape);
  elementwise(backend, maskKernel, [dy, x, dx], attributes);
  return dx;
}

function elementwise(
  backend: TfjsWebGpuBackend,
  kernel: Kernel,
  tensors: tf.TensorInfo[],
  { activation }: { activation: Activation },
): void {
  byPhotos(backend, tensors, (...parts) => {
    const size = tf.util.sizeFromShape(parts[0].shape), width = vectorWidth(size);
    const groups = spread(Math.ceil(size / width / 64));
    const constants = {
      ACTIVATION: activation,
      T: vectorType(width),
      SIZE: size / width,
      GROUPS_X: groups[0],
    };
    dispatch(backend, kernel, constants, parts, groups);
  });
}
