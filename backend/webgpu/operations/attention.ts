/** Attention and its gradient, head by head. */
import type * as tf from "@tensorflow/tfjs";
import { allocate, dispatch, type Kernel, release } from "../dispatch.ts";
import source from "../kernels/attention.wgsl" with { type: "text" };
import gradientSource from "../kernels/attention_gradient.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { tilingOf } from "../tiling.ts";

const forward: Kernel = { name: "attention", source };
const gradient: Kernel = { name: "attention_gradient", source: gradientSource };

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
  const { batch, tokens, channels, constants, groups } = cut(backend, qkv, heads);
  const y = allocate(backend, [batch, tokens, channels]);
  const sums = allocate(backend, [batch, heads, tokens, 2]);
  dispatch(backend, forward, constants, [qkv, y, sums], groups);
  return [y, sums];
}

/** By queries, keys and values, which lie as these do. */
export function attentionGradient(
  backend: TfjsWebGpuBackend,
  { dy, qkv, y, sums }: Record<"dy" | "qkv" | "y" | "sums", tf.TensorInfo>,
  { heads }: { heads: number },
): tf.TensorInfo {
  const { batch, tokens, constants, groups } = cut(backend, qkv, heads);
  const dqkv = allocate(backend, qkv.shape), deltas = allocate(backend, [batch, heads, tokens]);
  const common = [qkv, dy, sums, dqkv];
  // The queries' leave what the keys' need.
  dispatch(backend, gradient, { BY: "queries", ...constants }, [...common, deltas, y], groups);
  dispatch(backend, gradient, { BY: "keys", ...constants }, [...common, deltas], groups);
  dispatch(backend, gradient, { BY: "values", ...constants }, common, groups);
  release(backend, deltas);
  return dqkv;
}

function cut(backend: TfjsWebGpuBackend, qkv: tf.TensorInfo, heads: number) {
  const [batch, tokens, width] = qkv.shape;
  const channels = width / 3, depth = channels / heads, D = depth / 4;
  const wanted = tilingOf(backend).statisticThreads > 1 ? [4, 2] : [];
  const KS = wanted.find((threads) => (threads - 1) * WX * (D + 1) <= SHARED_VECTORS) ?? 1;
  const constants = { D, HEADS: heads, TOKENS: tokens, SCALE: 1 / Math.sqrt(depth), WX, KS };
  const groups: [number, number, number] = [Math.ceil(tokens / WX), heads, batch];
  return { batch, tokens, channels, constants, groups };
}
