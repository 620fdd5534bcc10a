/** Both gradients of a 1×1 convolution with stride 1 in one kernel call. */
import type { ConvInfo } from "../../window.ts";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../generated_abi.ts";
import { blockRows, evenly, type Partition } from "../partition.ts";
import { sourceOf } from "../source.ts";
import type { ImageDots, TensorData } from "../tensor_data.ts";
import { type GradientPair, statisticsFor } from "./deferred_gradient.ts";
import { packBlock } from "./pack.ts";
import { multiplyRows, sumParts } from "./product.ts";
import { isPointwise } from "./taps.ts";

/** Powers of two, so that two or four threads share them evenly. */
const CHUNK_COUNTS = [16, 8, 4];

/**
 * Undefined where it does not pay: each chunk has a filter gradient of its own, so chunks must have
 * many more rows than the filter has.
 */
export function pointwiseGradients(
  backend: WasmBackend,
  info: ConvInfo,
): GradientPair | undefined {
  const C = info.inChannels, N = info.outChannels, N8 = Math.ceil(N / 8) * 8;
  const rows = info.batchSize * info.outHeight * info.outWidth;
  const chunks = CHUNK_COUNTS.find((count) => count <= rows * (C + N) / (C * N));
  if (!isPointwise(info) || C % 8 !== 0 || !chunks) return undefined;
  const { heap, pool } = backend;
  const layout = { taps: [0], K: N, N: C, transposed: true };
  return {
    info,
    adds: true,

    computeInput(dy, filter) {
      const block = heap.allocate(rows * C);
      const weights = packBlock(backend, filter, layout);
      const input = { kind: "rows", source: dy, rows, K: N } as const;
      multiplyRows(backend, input, weights, { block, columns: C });
      heap.release(weights.block);
      return block;
    },

    computeBoth(dy, filter, x, filterGradient, addend) {
      const split = evenly(rows, chunks, 2);
      const rowsPerBlock = blockRows(2 * (C + N), split.perChunk);
      const dx = heap.allocate(rows * C);
      const parts = heap.allocate(split.chunks * C * N8);
      const weights = packBlock(backend, filter, layout);
      const dots = imageDots(backend, x, split, C);
      const { record, statistics } = statisticsFor(backend, x, dx, split.chunks, C);
      pool.run(Kernel.pointwiseGradients, split.chunks, rowsPerBlock * (C + N + 16) + 16, {
        x: sourceOf(x),
        dy,
        packed: weights.block.pointer,
        dx: dx.pointer,
        addend: addend?.pointer ?? 0,
        parts: parts.pointer,
        rows,
        channels: C,
        outChannels: N,
        rowsPerChunk: split.perChunk,
        blockRows: rowsPerBlock,
        wide: weights.wide,
        dots: dots?.parts.pointer ?? 0,
        imagesPerChunk: dots?.imagesPerChunk ?? 0,
        statistics: record,
      });
      heap.release(weights.block);
      sumParts(backend, parts, split.chunks, C, N8, N, filterGradient);
      heap.release(parts);
      return { block: dx, statistics, dots };
    },
  };
}

/** Room for what squeeze-and-excitation will ask of the gradient of what it scaled. */
function imageDots(
  { heap }: WasmBackend,
  { lazy }: TensorData,
  { chunks, perChunk }: Partition,
  channels: number,
): ImageDots | undefined {
  if (lazy?.kind !== "scaled") return undefined;
  const imagesPerChunk = Math.ceil((perChunk - 1) / lazy.pixels) + 1;
  const parts = heap.allocate(chunks * imagesPerChunk * channels);
  return { values: lazy.values, parts, rowsPerChunk: perChunk, imagesPerChunk };
}
