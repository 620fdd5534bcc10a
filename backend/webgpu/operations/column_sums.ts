/** Sums over all rows of what each channel has one of. */
import * as tf from "@tensorflow/tfjs";
import { allocate, dispatch, type Kernel } from "../dispatch.ts";
import source from "../kernels/column_sums.wgsl" with { type: "text" };
import { type Part, rowsOf } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { fillingSlices, tilingOf, vectorType, vectorWidth } from "../tiling.ts";
import { sumByPhotos } from "./sum_by_photos.ts";
import { sumSlices } from "./sum_slices.ts";

const kernel: Kernel = { name: "column_sums", source };

/**
 * Σ x, or Σ x·y: [..., channels] to [channels].
 *
 * @param inputs with `statistics`, each row's mean and scale, y counts as normalised by them
 */
export function columnSums(
  backend: TfjsWebGpuBackend,
  { x, y, statistics }: { x: tf.TensorInfo; y?: tf.TensorInfo; statistics?: tf.TensorInfo },
): tf.TensorInfo {
  const factors = [...(y ? [rowsOf(y)] : []), ...(statistics ? [statistics] : [])];
  const FACTOR = statistics ? "normalized" : y ? "y" : "none";
  return sumByPhotos(
    backend,
    [rowsOf(x), ...factors],
    (x, ...factors) => ofPart(backend, x, factors, FACTOR),
  );
}

function ofPart(
  backend: TfjsWebGpuBackend,
  x: Part,
  factors: Part[],
  FACTOR: "none" | "y" | "normalized",
): tf.TensorInfo {
  const columns = x.shape.at(-1)!, rows = tf.util.sizeFromShape(x.shape) / columns;
  const { statisticThreads: WT } = tilingOf(backend), V = vectorWidth(columns), C = columns / V;
  const WX = Math.min(8, C), groups = Math.ceil(C / WX);
  const { slices, rowsPerSlice } = fillingSlices(backend, Math.ceil(rows / WT), groups, [columns]);
  const partials = allocate(backend, slices === 1 ? [columns] : [slices, columns]);
  const constants = {
    T: vectorType(V),
    C,
    ROWS: rows,
    PER_SLICE: rowsPerSlice * WT,
    FACTOR,
    WX,
    WT,
  };
  dispatch(backend, kernel, constants, [x, partials, ...factors], [groups, slices]);
  return sumSlices(backend, partials, [columns], slices);
}
