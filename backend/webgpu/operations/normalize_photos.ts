/** NormalizePhotos. */
import * as tf from "@tensorflow/tfjs";
import { allocateForParts, dispatch, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/normalize_photos.wgsl" with { type: "text" };
import { byPhotos } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";

const kernel: Kernel = { name: "normalize_photos", source };

export function normalizePhotos(
  backend: TfjsWebGpuBackend,
  { bytes, table }: Record<"bytes" | "table", tf.TensorInfo>,
  { size }: { size: number },
): tf.TensorInfo {
  const y = allocateForParts(backend, [bytes.shape[0], size, size, 3]);
  byPhotos(backend, [y, bytes], (y, bytes) => {
    const words = tf.util.sizeFromShape(bytes.shape), groups = spread(Math.ceil(words / 64));
    const constants = { SIZE: words, GROUPS_X: groups[0] };
    dispatch(backend, kernel, constants, [bytes, table, y], groups);
  });
  return y;
}
