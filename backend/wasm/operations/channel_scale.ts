/** Squeeze-and-excitation's work on whole images: kernels/channel_scale.ts. */
import * as tf from "@tensorflow/tfjs";
import type { ChannelDotsInputs, ScaleChannelsInputs } from "../../ops/squeeze_excitation.ts";
import type { WasmBackend } from "../backend.ts";
import { type GradientStatisticsRecord, Kernel } from "../generated_abi.ts";
import type { Block } from "../heap.ts";
import { MOST_CHUNKS } from "../partition.ts";
import { plainSource, sourceBlocks, sourceOf } from "../source.ts";
import type { ImageDots, TensorData } from "../tensor_data.ts";
import { leaveGradient, NO_STATISTICS, statisticsFor } from "./deferred_gradient.ts";
import { sumParts } from "./product.ts";

/** Rows that the kernels compute at once, of each operand. */
const BLOCK_ROWS = 32;
/** Floats that a thread streams through in some tens of microseconds. */
const FLOATS_PER_CHUNK = 16384;

/** x·scale + shift; where it is a gradient, with statistics for the batch norm before it. */
export function scaleChannels(
  backend: WasmBackend,
  { x, scale, shift, gradientOf }: ScaleChannelsInputs,
): tf.TensorInfo {
  const { heap, pool } = backend;
  const { batch, pixels, channels } = sizesOf(x);
  const factors = backend.dataOf(scale).block, addends = shift && backend.dataOf(shift).block;
  const input = backend.rowsOf(x);
  if (!addends && !gradientOf && !isLazyRows(input)) {
    const output = backend.emptyTensor(x.shape);
    output.data.lazy = {
      kind: "scaled",
      values: heap.retain(input.block),
      factors: heap.retain(factors),
      pixels,
      rows: batch * pixels,
      channels,
    };
    return output.info;
  }
  const source = sourceOf(input);
  const { rowsPerChunk, chunksPerImage } = chunksOf(batch, pixels, channels);
  const chunks = batch * chunksPerImage;
  const compute = (out: Block, statistics: GradientStatisticsRecord) =>
    pool.run(Kernel.scaleChannels, chunks, BLOCK_ROWS * channels, {
      x: source,
      scale: factors.pointer,
      shift: addends?.pointer ?? 0,
      out: out.pointer,
      pixels,
      channels,
      rowsPerChunk,
      chunksPerImage,
      statistics,
    });
  const block = heap.allocate(batch * pixels * channels);
  const forwards = gradientOf && backend.dataOf(gradientOf);
  const { record, statistics } = statisticsFor(backend, forwards, block, chunks, channels);
  compute(block, record);
  const output = backend.emptyTensor(x.shape);
  leaveGradient(output.data, { block, statistics }, () => {
    const held = [...sourceBlocks(input), factors, ...(addends ? [addends] : [])];
    for (const block of held) heap.retain(block);
    return {
      kind: "deferred",
      held,
      compute() {
        const block = heap.allocate(batch * pixels * channels);
        compute(block, NO_STATISTICS);
        return block;
      },
    };
  });
  return output.info;
}

/** Σ dy·x over the pixels of each image, or Σ x: [batch, channels]. */
export function channelDots(backend: WasmBackend, { x, dy }: ChannelDotsInputs): tf.TensorInfo {
  const { heap, pool } = backend;
  const { batch, pixels, channels } = sizesOf(x);
  const input = backend.rowsOf(x), left = dy && backend.dataOf(dy).imageDots;
  if (left && left.values === input.computed) return sumImageDots(backend, left, x);
  // It is read three times then: here, by what is scaled, and by the factors' gradient.
  const isWritten = tf.engine().state.gradientDepth > 0 && isLazyRows(input);
  const written = isWritten ? heap.allocate(batch * pixels * channels) : undefined;
  const sources = {
    x: sourceOf(input),
    dy: dy ? sourceOf(backend.rowsOf(dy)) : plainSource(0),
  };
  const output = backend.allocateTensor([batch, channels]);
  const { rowsPerChunk, chunksPerImage } = chunksOf(batch, pixels, channels);
  const chunks = batch * chunksPerImage;
  const isWhole = chunksPerImage === 1;
  const parts = isWhole ? output.data.block : heap.allocate(chunks * channels);
  pool.run(Kernel.channelDots, chunks, 2 * BLOCK_ROWS * channels, {
    ...sources,
    out: written?.pointer ?? 0,
    parts: parts.pointer,
    batch,
    pixels,
    channels,
    rowsPerChunk,
    chunksPerImage,
  });
  if (written) input.block = written;
  if (!isWhole) {
    sumParts(backend, parts, chunksPerImage, batch, channels, channels, output.data);
    heap.release(parts);
  }
  return output.info;
}

/** Of the parts that the kernel left which computed the gradient. */
function sumImageDots(
  backend: WasmBackend,
  { parts, rowsPerChunk, imagesPerChunk }: ImageDots,
  x: tf.TensorInfo,
): tf.TensorInfo {
  const { batch, pixels, channels } = sizesOf(x);
  const output = backend.allocateTensor([batch, channels]);
  backend.pool.run(Kernel.sumImageDots, batch, 0, {
    parts: parts.pointer,
    out: output.data.pointer,
    rowsPerChunk,
    imagesPerChunk,
    pixels,
    channels,
  });
  return output.info;
}

function isLazyRows({ lazy }: TensorData): boolean {
  return lazy !== undefined && lazy.kind !== "deferred";
}

function sizesOf({ shape: [batch, height, width, channels] }: tf.TensorInfo) {
  return { batch, pixels: height * width, channels };
}

/** By shape alone, as partition.ts has it: pieces of single images. */
function chunksOf(batch: number, pixels: number, channels: number) {
  const wanted = Math.min(Math.ceil(MOST_CHUNKS / batch), pixels * channels / FLOATS_PER_CHUNK);
  const rowsPerChunk = Math.ceil(pixels / Math.max(1, Math.round(wanted)));
  return { rowsPerChunk, chunksPerImage: Math.ceil(pixels / rowsPerChunk) };
}
