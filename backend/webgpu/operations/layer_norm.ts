/** LayerNorm and its gradient. */
import type * as tf from "@tensorflow/tfjs";
import { allocateForParts, dispatch, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/layer_norm.wgsl" with { type: "text" };
import gradientSource from "../kernels/layer_norm_gradient.wgsl" with { type: "text" };
import total from "../kernels/row_total.wgsl" with { type: "text" };
import { byPhotos, type Part, rowsOf } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { tilingOf, vectorType, vectorWidth } from "../tiling.ts";
import { columnSums } from "./column_sums.ts";

const forward: Kernel = { name: "layer_norm", source: source + total };
const gradient: Kernel = { name: "layer_norm_gradient", source: gradientSource + total };

/** What it gives, and of each row its mean and 1/√(variance + ε). */
export function layerNorm(
  backend: TfjsWebGpuBackend,
  { x, weight, bias }: Record<"x" | "weight" | "bias", tf.TensorInfo>,
  { epsilon }: { epsilon: number },
): tf.TensorInfo[] {
  const y = allocateForParts(backend, x.shape), rows = rowsOf(x);
  const statistics = allocateForParts(backend, [rows.shape[0], 2]);
  byPhotos(backend, [rows, rowsOf(y), statistics], (x, y, statistics) => {
    const { constants, groups } = cutRows(backend, x);
    const tensors = [x, weight, bias, y, statistics];
    dispatch(backend, forward, { EPSILON: epsilon, ...constants }, tensors, groups);
  });
  return [y, statistics];
}

/** By x, weight and bias. */
export function layerNormGradient(
  backend: TfjsWebGpuBackend,
  { dy, x, weight, statistics }: Record<"dy" | "x" | "weight" | "statistics", tf.TensorInfo>,
): tf.TensorInfo[] {
  const dx = allocateForParts(backend, x.shape);
  byPhotos(backend, [...[dy, x, dx].map(rowsOf), statistics], (dy, x, dx, statistics) => {
    const { constants, groups } = cutRows(backend, x);
    dispatch(backend, gradient, constants, [dy, x, weight, statistics, dx], groups);
  });
  return [dx, columnSums(backend, { x: dy, y: x, statistics }), columnSums(backend, { x: dy })];
}

/** Some rows a workgroup, each of which several threads share where these can talk to each other. */
function cutRows(backend: TfjsWebGpuBackend, { shape: [rows, channels] }: Part) {
  const V = vectorWidth(channels), { statisticThreads } = tilingOf(backend);
  const threads = statisticThreads > 1 ? { WT: statisticThreads, WX: 2 } : { WT: 1, WX: 8 };
  const groups = spread(Math.ceil(rows / threads.WX));
  const constants = {
    T: vectorType(V),
    V,
    C: channels / V,
    ROWS: rows,
    GROUPS_X: groups[0],
    ...threads,
  };
  return { constants, groups };
}
