/**
 * Some photos of a batch at a time: what a kernel binds of tensors that the adapter does not let it
 * bind whole. Photos lie one behind the other, so a part is an offset into the same buffer.
 */
import * as tf from "@tensorflow/tfjs";
import { assertBindable } from "./limits.ts";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";

/** A tensor, or some of its photos: their shape, and where they begin. */
export interface Part extends tf.TensorInfo {
  /** In bytes; of the whole tensor undefined. */
  offset?: number;
}

/**
 * Calls `compute` for all photos of the tensors, or for as many at a time as can be bound.
 *
 * @param tensors of float32, with as many photos, which are their first dimension
 */
export function byPhotos(
  backend: TfjsWebGpuBackend,
  tensors: readonly tf.TensorInfo[],
  compute: (...parts: Part[]) => void,
): void {
  const photos = tensors[0].shape[0] ?? 1, count = photosAtATime(backend, tensors);
  if (count === photos) return compute(...tensors);
  for (let from = 0; from < photos; from += count) {
    compute(...tensors.map((tensor) => ({
      ...tensor,
      shape: [Math.min(count, photos - from), ...tensor.shape.slice(1)],
      offset: from * bytesOf(tensor) / photos,
    })));
  }
}

/** How many photos of each `byPhotos` takes, but for the last ones. */
export function photosAtATime(
  { device }: TfjsWebGpuBackend,
  tensors: readonly tf.TensorInfo[],
): number {
  const { maxStorageBufferBindingSize, minStorageBufferOffsetAlignment } = device.limits;
  const photos = tensors[0].shape[0] ?? 1;
  const sizes = tensors.map((tensor) => bytesOf(tensor) / photos);
  const fitting = Math.floor(maxStorageBufferBindingSize / Math.max(...sizes));
  // So many photos of each take a multiple of what offsets must be multiples of.
  const step = Math.max(
    ...sizes.map((size) => alignedCount(size, minStorageBufferOffsetAlignment)),
  );
  const count = fitting - fitting % step;
  // If not even these fit, `bindingOf` says so.
  return fitting >= photos || count === 0 ? photos : count;
}

/** Whether each of the tensors can be bound at once. */
export function fitsWhole(
  { device }: TfjsWebGpuBackend,
  tensors: readonly tf.TensorInfo[],
): boolean {
  return tensors.every((tensor) => bytesOf(tensor) <= device.limits.maxStorageBufferBindingSize);
}

/** A tensor that has as much of each photo, behind a first dimension of photos. */
export function ofPhotos(tensor: tf.TensorInfo, photos: number): tf.TensorInfo {
  return { ...tensor, shape: [photos, tf.util.sizeFromShape(tensor.shape) / photos] };
}

/** [..., channels] as [rows, channels], each row of which counts as a photo. */
export function rowsOf(tensor: tf.TensorInfo): tf.TensorInfo {
  const channels = tensor.shape.at(-1)!;
  return { ...tensor, shape: [tf.util.sizeFromShape(tensor.shape) / channels, channels] };
}

/** The same part of another tensor whose values lie as those of `part` do. */
export function samePart(tensor: tf.TensorInfo, { shape, offset }: Part): Part {
  return offset === undefined ? tensor : { ...tensor, shape, offset };
}

/**
 * What a kernel binds of a tensor that has a buffer.
 * @throws {TooLargeTensor} where it would have to bind more than it may
 */
export function bindingOf(backend: TfjsWebGpuBackend, tensor: Part): GPUBufferBinding {
  const { dataId, offset } = tensor, buffer = backend.tensorMap.get(dataId).resource!;
  if (offset !== undefined) return { buffer, offset, size: bytesOf(tensor) };
  assertBindable(backend, dataId);
  return { buffer };
}

const bytesOf = ({ shape }: tf.TensorInfo) => 4 * tf.util.sizeFromShape(shape);

/** The least power of two by which a multiple of `size`, itself one of 4, is one of `alignment`. */
function alignedCount(size: number, alignment: number): number {
  let count = 1;
  while (count * size % alignment !== 0) count *= 2;
  return count;
}
