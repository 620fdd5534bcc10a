/** SplitV, a gradient of `tf.concat`: stock tfjs looks up the place of each value. */
import * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../generated_abi.ts";
import { elementChunks } from "../partition.ts";
import { plainSource } from "../source.ts";

/** Each is a kernel: where there are more, they cost more than they copy. */
const MOST_RUNS = 256;

/** Undefined where what belongs together lies in too many pieces. */
export function split(
  backend: WasmBackend,
  { x }: { x: tf.TensorInfo },
  { numOrSizeSplits, axis }: { numOrSizeSplits: number | number[]; axis: number },
): tf.TensorInfo[] | undefined {
  const [along] = tf.util.parseAxisParam(axis, x.shape);
  const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, along);
  const outer = tf.util.sizeFromShape(x.shape.slice(0, along));
  const channels = tf.util.sizeFromShape(x.shape.slice(along + 1));
  const isEmpty = outer * channels === 0 || sizes.some((size) => size === 0);
  if (isEmpty || outer * sizes.length > MOST_RUNS) return undefined;
  const { pointer } = backend.dataOf(x);
  let before = 0;
  return sizes.map((rows) => {
    const output = backend.allocateTensor(x.shape.with(along, rows));
    const { chunks, perChunk } = elementChunks(rows, channels);
    for (let i = 0; i < outer; i++) {
      backend.pool.run(Kernel.materialize, chunks, 0, {
        source: plainSource(pointer + 4 * (i * x.shape[along] + before) * channels),
        out: output.data.pointer + 4 * i * rows * channels,
        residual: 0,
        rows,
        channels,
        rowsPerChunk: perChunk,
      });
    }
    before += rows;
    return output.info;
  });
}
