/**
 * Tensors whose values are not in memory: the output of a batch norm, or its gradient. The kernels
 * that read them most, matrix products and depthwise convolutions, compute them while loading. For
 * any other they are computed when it asks tfjs for their buffer.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Activation } from "../ops/activation.ts";
import { attachTo, detachFrom } from "./attached.ts";
import { assertBindable, uploadForParts } from "./limits.ts";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";

export interface Lazy {
  kind: "normalized" | "normalized gradient";
  activation: Activation;
  channels: number;
  /** The normalised input and BatchNormTrain's state; of a gradient, dy and its coefficients, too. */
  parts: tf.TensorInfo[];
  /** Computes the values into the tensor, which has a buffer by then. */
  compute(target: tf.TensorInfo): void;
}

const pending = new WeakMap<object, Lazy>();
const watched = new WeakSet<TfjsWebGpuBackend>();

/** A tensor that is computed when it is needed. It keeps the parts until then. */
export function makeLazy(
  backend: TfjsWebGpuBackend,
  shape: number[],
  lazy: Lazy,
): tf.TensorInfo {
  watchForLazyTensors(backend);
  const tensor = backend.makeTensorInfo(shape, "float32");
  for (const { dataId } of lazy.parts) backend.incRef(dataId);
  const parts = lazy.parts.map((part) => ({ ...part }));
  pending.set(tensor.dataId, { ...lazy, parts });
  attachTo(backend, tensor, ...parts);
  return tensor;
}

/** How the tensor is to be computed, unless it is in memory. */
export function lazyOf(tensor: tf.TensorInfo): Lazy | undefined {
  return pending.get(tensor.dataId);
}

/** Everything that needs a tensor's buffer asks tfjs for it in one of these ways. */
export function watchForLazyTensors(backend: TfjsWebGpuBackend): void {
  if (watched.has(backend)) return;
  watched.add(backend);
  const { uploadToGPU, read, readSync, readToGPU, shouldExecuteOnCPU } = backend;
  const materialize = (id: object) => {
    const lazy = pending.get(id);
    if (!lazy) return;
    pending.delete(id);
    uploadForParts(backend, id); // reading binds nothing
    const { shape, dtype } = backend.tensorMap.get(id);
    lazy.compute({ dataId: id, shape, dtype });
    detachFrom(backend, id, lazy.parts);
  };
  backend.uploadToGPU = (id) => {
    assertBindable(backend, id);
    materialize(id);
    uploadToGPU.call(backend, id);
  };
  backend.read = (id) => {
    materialize(id);
    return read.call(backend, id);
  };
  backend.readSync = (id) => {
    materialize(id);
    return readSync.call(backend, id);
  };
  backend.readToGPU = (id, options) => {
    materialize(id);
    return readToGPU.call(backend, id, options);
  };
  // tfjs takes a small tensor without a buffer for one whose values are on the CPU.
  backend.shouldExecuteOnCPU = (inputs, ...rest) => {
    for (const { dataId } of inputs) materialize(dataId);
    return shouldExecuteOnCPU.call(backend, inputs, ...rest);
  };
}
