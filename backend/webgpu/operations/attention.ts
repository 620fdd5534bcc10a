/** Attention, of all tokens or within windows, and its gradients, head by head. */
import type * as tf from "@tensorflow/tfjs";
import { allocate, allocateForParts, dispatch, type Kernel, release } from "../dispatch.ts";
import source from "../kernels/attention.wgsl" with { type: "text" };
import gradientSource from "../kernels/attention_gradient.wgsl" with { type: "text" };
import tokensSource from "../kernels/attention_tokens.wgsl" with { type: "text" };
import biasSource from "../kernels/window_bias_gradient.wgsl" with { type: "text" };
import { byPhotos, ofPhotos, type Part } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { tilingOf } from "../tiling.ts";
import { columnSums } from "./column_sums.ts";

const forward: Kernel = { name: "attention", source: source + tokensSource };
const gradient: Kernel = { name: "attention_gradient", source: gradientSource + tokensSource };
const biasGradient: Kernel = { name: "window_bias_gradient", source: biasSource };

/** Tokens of a workgroup. */
const WX = 8;
/** What a workgroup may share on every adapter, in vectors of four floats. */
const SHARED_VECTORS = 16384 / 16;

/** What it gives, and of each row of scores the largest and 1/Σ exp. */
export function attention(
  backend: TfjsWebGpuBackend,
  { qkv }: { qkv: tf.TensorInfo },
  { heads }: { heads: number },
): tf.TensorInfo[] {
  const [batch, tokens] = qkv.shape;
  return attend(backend, qkv, [], { ...photo, heads, tokens, groups: batch });
}

/** By queries, keys and values, which lie as these do. */
export function attentionGradient(
  backend: TfjsWebGpuBackend,
  inputs: Record<"dy" | "qkv" | "y" | "sums", tf.TensorInfo>,
  { heads }: { heads: number },
): tf.TensorInfo {
  const [batch, tokens] = inputs.qkv.shape;
  return attendGradient(backend, inputs, { ...photo, heads, tokens, groups: batch });
}

/** As backend/ops/window_attention.ts gives them: a window's side, and how far they are moved. */
interface Windows {
  side: number;
  down: number;
  right: number;
}

/** What it gives, and of each row of scores the largest and 1/Σ exp. */
export function windowAttention(
  backend: TfjsWebGpuBackend,
  { qkv, table }: { qkv: tf.TensorInfo; table: tf.TensorInfo },
  windows: Windows,
): tf.TensorInfo[] {
  return attend(backend, qkv, [table], describeWindows(qkv, table, windows));
}

/** By queries, keys and values, which lie as these do, and by the table of biases. */
export function windowAttentionGradient(
  backend: TfjsWebGpuBackend,
  { table, ...inputs }: Record<"dy" | "qkv" | "table" | "y" | "sums", tf.TensorInfo>,
  windows: Windows,
): tf.TensorInfo[] {
  const described = describeWindows(inputs.qkv, table, windows);
  const { groups, heads, tokens, SIDE } = described;
  const dscores = allocateForParts(backend, [groups, heads * tokens * tokens]);
  const dqkv = attendGradient(backend, inputs, described, { table, dscores });
  const sums = columnSums(backend, { x: dscores });
  const dtable = allocate(backend, table.shape);
  const [entries] = table.shape;
  const constants = { SIDE, HEADS: heads };
  dispatch(backend, biasGradient, constants, [sums, dtable], [Math.ceil(entries * heads / 64)]);
  release(backend, dscores, sums);
  return [dqkv, dtable];
}

/** Tokens that attend to each other: so many groups of them, and where windows are, these on their map. */
interface Groups {
  groups: number;
  tokens: number;
  heads: number;
  SIDE: number;
  HEIGHT: number;
  WIDTH: number;
  DOWN: number;
  RIGHT: number;
}

/** Without windows a group is all tokens of a photo. */
const photo = { SIDE: 0, HEIGHT: 0, WIDTH: 0, DOWN: 0, RIGHT: 0 };

function describeWindows(
  qkv: tf.TensorInfo,
  table: tf.TensorInfo,
  { side, down, right }: Windows,
): Groups {
  const [batch, height, width] = qkv.shape, tokens = side * side;
  return {
    groups: batch * height * width / tokens,
    tokens,
    heads: table.shape[1],
    ...{ SIDE: side, HEIGHT: height, WIDTH: width, DOWN: down, RIGHT: right },
  };
}

/** @param biases nothing, or the table of windows' biases */
function attend(
  backend: TfjsWebGpuBackend,
  qkv: tf.TensorInfo,
  biases: tf.TensorInfo[],
  described: Groups,
): tf.TensorInfo[] {
  const [photos] = qkv.shape, channels = qkv.shape.at(-1)! / 3;
  const y = allocateForParts(backend, [...qkv.shape.slice(0, -1), channels]);
  const sums = allocateForParts(backend, [described.groups, described.heads, described.tokens, 2]);
  byPhotos(backend, [qkv, y, ofPhotos(sums, photos)], (...parts) => {
    const { constants, groups } = cut(backend, parts[0], described, photos);
    dispatch(backend, forward, constants, [...parts, ...biases], groups);
  });
  return [y, sums];
}

/** @param windows what windows have besides: their biases, and room for the gradient of each score */
function attendGradient(
  backend: TfjsWebGpuBackend,
  { dy, qkv, y, sums }: Record<"dy" | "qkv" | "y" | "sums", tf.TensorInfo>,
  described: Groups,
  windows?: { table: tf.TensorInfo; dscores: tf.TensorInfo },
): tf.TensorInfo {
  const [photos] = qkv.shape, table = windows ? [windows.table] : [];
  const dqkv = allocateForParts(backend, qkv.shape);
  const deltas = allocateForParts(backend, [described.groups, described.heads, described.tokens]);
  const tensors = [qkv, dy, ...[sums, dqkv, deltas, y].map((tensor) => ofPhotos(tensor, photos))];
  const dscores = windows ? [ofPhotos(windows.dscores, photos)] : [];
  byPhotos(backend, [...tensors, ...dscores], (...[qkv, dy, sums, dqkv, deltas, y, ...dscores]) => {
    const { constants, groups } = cut(backend, qkv, described, photos);
    const by = (part: string, ...more: Part[]) =>
      dispatch(
        backend,
        gradient,
        { BY: part, ...constants },
        [qkv, dy, sums, dqkv, ...more],
        groups,
      );
    // The queries' leave what the keys' need.
    by("queries", deltas, y, ...table, ...dscores);
    by("keys", deltas, ...table);
    by("values", ...table);
  });
  release(backend, deltas);
  return dqkv;
}

/** @param photos of which `qkv` has all, or some */
function cut(backend: TfjsWebGpuBackend, qkv: Part, described: Groups, photos: number) {
  const { groups: all, tokens, heads, ...windows } = described;
  const count = all / photos * qkv.shape[0];
  const depth = qkv.shape.at(-1)! / 3 / heads, D = depth / 4;
  const wanted = tilingOf(backend).statisticThreads > 1 ? [4, 2] : [];
  const KS = wanted.find((threads) => (threads - 1) * WX * (D + 1) <= SHARED_VECTORS) ?? 1;
  const constants = {
    ...windows,
    ...{ D, HEADS: heads, TOKENS: tokens, SCALE: 1 / Math.sqrt(depth), WX, KS },
  };
  const groups: [number, number, number] = [Math.ceil(tokens / WX), heads, count];
  return { constants, groups };
}
