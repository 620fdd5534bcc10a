/** Attention and its gradient, head by head. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../generated_abi.ts";
import { cut } from "../partition.ts";

/** Queries of a block: their scores stay in a core's second-level cache. */
const BLOCK_ROWS = 48;
/** Enough for threads to share evenly; each packs its head's keys and values again. */
const WANTED_CHUNKS = 8;

/** What it gives, and of each row of scores the largest and 1/Σ exp. */
export function attention(
  backend: WasmBackend,
  { qkv }: { qkv: tf.TensorInfo },
  { heads }: { heads: number },
): tf.TensorInfo[] {
  const { batch, tokens, depth, common } = describe(backend, qkv, heads);
  const output = backend.allocateTensor([batch, tokens, heads * depth]);
  const sums = backend.allocateTensor([batch, heads, tokens, 2]);
  const { chunks, perChunk } = cut(tokens, Math.ceil(WANTED_CHUNKS / (batch * heads)), 6);
  const scratch = (N8(tokens) + tokens) * depth + BLOCK_ROWS * N8(tokens);
  backend.pool.run(Kernel.attention, batch * heads * chunks, scratch, {
    ...common,
    out: output.data.pointer,
    sums: sums.data.pointer,
    chunksPerHead: chunks,
    rowsPerChunk: perChunk,
  });
  return [output.info, sums.info];
}

/** By queries, keys and values, which lie as these do. */
export function attentionGradient(
  backend: WasmBackend,
  { dy, qkv, y, sums }: Record<"dy" | "qkv" | "y" | "sums", tf.TensorInfo>,
  { heads }: { heads: number },
): tf.TensorInfo {
  const { batch, tokens, depth, common } = describe(backend, qkv, heads);
  const [gradient, output, told] = [dy, y, sums].map((input) => backend.dataOf(input).pointer);
  const dqkv = backend.allocateTensor(qkv.shape);
  const packed = (2 * N8(tokens) + tokens) * depth;
  const scratch = packed + BLOCK_ROWS * (2 * N8(tokens) + 16);
  backend.pool.run(Kernel.attentionGradient, batch * heads, scratch, {
    ...common,
    y: output,
    dy: gradient,
    sums: told,
    dqkv: dqkv.data.pointer,
  });
  return dqkv.info;
}

function describe(backend: WasmBackend, qkv: tf.TensorInfo, heads: number) {
  const [batch, tokens, width] = qkv.shape, depth = width / 3 / heads;
  const common = {
    qkv: backend.dataOf(qkv).pointer,
    tokens,
    heads,
    depth,
    blockRows: BLOCK_ROWS,
    scale: 1 / Math.sqrt(depth),
    wide: backend.wide,
  };
  return { batch, tokens, depth, common };
}

const N8 = (tokens: number) => Math.ceil(tokens / 8) * 8;
