/** LayerNorm and its gradient. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../generated_abi.ts";
import { elementChunks } from "../partition.ts";
import { sumParts } from "./product.ts";

/** What it gives, and of each row its mean and 1/√(variance + ε). */
export function layerNorm(
  backend: WasmBackend,
  { x, weight, bias }: { x: tf.TensorInfo; weight: tf.TensorInfo; bias: tf.TensorInfo },
  { epsilon }: { epsilon: number },
): tf.TensorInfo[] {
  const data = backend.dataOf(x), channels = x.shape.at(-1)!, rows = data.size / channels;
  const [values, weights, biases] = [x, weight, bias].map((input) => backend.dataOf(input).pointer);
  const output = backend.allocateTensor(x.shape), statistics = backend.allocateTensor([rows, 2]);
  const { chunks, perChunk } = elementChunks(rows, channels);
  backend.pool.run(Kernel.layerNorm, chunks, 0, {
    x: values,
    out: output.data.pointer,
    weight: weights,
    bias: biases,
    statistics: statistics.data.pointer,
    rows,
    channels,
    rowsPerChunk: perChunk,
    epsilon,
  });
  return [output.info, statistics.info];
}

/** By x, weight and bias. */
export function layerNormGradient(
  backend: WasmBackend,
  { dy, x, weight, statistics }: Record<"dy" | "x" | "weight" | "statistics", tf.TensorInfo>,
): tf.TensorInfo[] {
  const channels = x.shape.at(-1)!, rows = backend.dataOf(x).size / channels;
  const [gradient, values, weights, told] = [dy, x, weight, statistics]
    .map((input) => backend.dataOf(input).pointer);
  const dx = backend.allocateTensor(x.shape);
  const sums = [0, 1].map(() => backend.allocateTensor([channels]));
  const { chunks, perChunk } = elementChunks(rows, channels);
  const parts = sums.map(({ data }) =>
    chunks === 1 ? data.block : backend.heap.allocate(chunks * channels)
  );
  backend.pool.run(Kernel.layerNormGradient, chunks, 0, {
    x: values,
    dy: gradient,
    weight: weights,
    statistics: told,
    dx: dx.data.pointer,
    dweight: parts[0].pointer,
    dbias: parts[1].pointer,
    rows,
    channels,
    rowsPerChunk: perChunk,
  });
  if (chunks > 1) {
    sums.forEach(({ data }, i) => {
      sumParts(backend, parts[i], chunks, 1, channels, channels, data);
      backend.heap.release(parts[i]);
    });
  }
  return [dx.info, ...sums.map(({ info }) => info)];
}
