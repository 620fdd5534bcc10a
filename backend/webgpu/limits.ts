import * as tf from "@tensorflow/tfjs";
import { TooLargeTensor } from "../too_large_tensor.ts";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";

let isForParts = false;

/** Gives a tensor its buffer, also where kernels can bind that in parts alone (`photos.ts`). */
export function uploadForParts(backend: TfjsWebGpuBackend, id: object): void {
  const before = isForParts;
  isForParts = true;
  try {
    backend.uploadToGPU(id);
  } finally {
    isForParts = before;
  }
}

/**
 * tfjs's programs bind a tensor whole, and adapters bind so many bytes at most (WebGPU promises
 * 128 MiB; most allow gigabytes).
 * @throws {TooLargeTensor} where a tensor is larger, naming the largest batch that would fit
 */
export function assertBindable({ device, tensorMap }: TfjsWebGpuBackend, id: object): void {
  const { shape, dtype } = tensorMap.get(id);
  const most = isForParts ? device.limits.maxBufferSize : mostBytes(device);
  const bytes = tf.util.sizeFromShape(shape) * (dtype === "complex64" ? 8 : 4);
  if (bytes <= most) return;
  const fitting = Math.floor(shape[0] * most / bytes);
  throw new TooLargeTensor(
    `a tensor of shape [${shape}] takes ${mebibytes(bytes)}, and this adapter lets a kernel read ` +
      `${mebibytes(most)} at most` +
      (shape.length === 4 && fitting > 0 ? `: use batches of ${fitting} photos or fewer` : ""),
    most / bytes,
  );
}

/** How many partial results of such a shape, one behind the other, a kernel may bind: at least one. */
export function bindableSlices({ device }: TfjsWebGpuBackend, shape: readonly number[]): number {
  const bytes = 4 * tf.util.sizeFromShape([...shape]);
  return Math.max(1, Math.floor(mostBytes(device) / bytes));
}

function mostBytes({ limits: { maxStorageBufferBindingSize, maxBufferSize } }: GPUDevice): number {
  return Math.min(maxStorageBufferBindingSize, maxBufferSize);
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
