/** Attention within windows and its gradients, some windows of a head at a time. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../generated_abi.ts";
import { cut } from "../partition.ts";
import { sumParts } from "./product.ts";

/** As backend/ops/window_attention.ts gives them: a window's side, and how far they are moved. */
interface Windows {
  side: number;
  down: number;
  right: number;
}

/** Enough for threads to share evenly; each lays out its head's biases again. */
const WANTED_CHUNKS = 16;

/** What it gives, and of each row of scores the largest and 1/Σ exp. */
export function windowAttention(
  backend: WasmBackend,
  { qkv, table }: { qkv: tf.TensorInfo; table: tf.TensorInfo },
  windows: Windows,
): tf.TensorInfo[] {
  const { tokens, N8, depth, chunks, common } = describe(backend, qkv, table, windows);
  const { heads } = common;
  const output = backend.allocateTensor([...qkv.shape.slice(0, 3), heads * depth]);
  const sums = backend.allocateTensor([common.windows, heads, tokens, 2]);
  const scratch = 2 * N8 + 2 * tokens * N8 + (4 * tokens + N8) * depth;
  backend.pool.run(Kernel.windowAttention, chunks, scratch, {
    ...common,
    sums: sums.data.pointer,
    out: output.data.pointer,
  });
  return [output.info, sums.info];
}

/** By queries, keys and values, which lie as these do, and by the table of biases. */
export function windowAttentionGradient(
  backend: WasmBackend,
  { dy, qkv, table, y, sums }: Record<"dy" | "qkv" | "table" | "y" | "sums", tf.TensorInfo>,
  windows: Windows,
): tf.TensorInfo[] {
  const { tokens, N8, depth, chunks, common } = describe(backend, qkv, table, windows);
  const { chunksPerHead } = common;
  const [gradient, output, told] = [dy, y, sums].map((input) => backend.dataOf(input).pointer);
  const dqkv = backend.allocateTensor(qkv.shape), dtable = backend.allocateTensor(table.shape);
  const entries = dtable.data.size;
  const parts = chunksPerHead === 1
    ? dtable.data.block
    : backend.heap.allocate(chunksPerHead * entries);
  const scratch = 2 * N8 + 4 * tokens * N8 + (6 * tokens + 2 * N8) * depth + 16 * tokens;
  backend.pool.run(Kernel.windowAttentionGradient, chunks, scratch, {
    ...common,
    sums: told,
    y: output,
    dy: gradient,
    dqkv: dqkv.data.pointer,
    dtable: parts.pointer,
  });
  if (chunksPerHead > 1) {
    sumParts(backend, parts, chunksPerHead, 1, entries, entries, dtable.data);
    backend.heap.release(parts);
  }
  return [dqkv.info, dtable.info];
}

function describe(
  backend: WasmBackend,
  qkv: tf.TensorInfo,
  table: tf.TensorInfo,
  { side, down, right }: Windows,
) {
  const [images, height, width, values] = qkv.shape, [, heads] = table.shape;
  const tokens = side * side, depth = values / 3 / heads;
  const windows = images * height * width / tokens;
  const { chunks: chunksPerHead, perChunk } = cut(windows, Math.ceil(WANTED_CHUNKS / heads), 1);
  const common = {
    qkv: backend.dataOf(qkv).pointer,
    table: backend.dataOf(table).pointer,
    height,
    width,
    side,
    down,
    right,
    heads,
    depth,
    windows,
    chunksPerHead,
    windowsPerChunk: perChunk,
    scale: 1 / Math.sqrt(depth),
    wide: backend.wide,
  };
  const N8 = Math.ceil(tokens / 8) * 8;
  return { tokens, N8, depth, chunks: heads * chunksPerHead, common };
}
