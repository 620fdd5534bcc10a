/** Transpose, where what stays together is copied at once: stock tfjs looks up the place of each value. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../generated_abi.ts";
import { elementChunks } from "../partition.ts";

/** Undefined but where the two in the middle of four dimensions change places. */
export function transpose(
  backend: WasmBackend,
  { x }: { x: tf.TensorInfo },
  { perm }: { perm: number[] },
): tf.TensorInfo | undefined {
  if (perm.join() !== "0,2,1,3") return undefined;
  const [blocks, rows, columns, channels] = x.shape;
  if (blocks * rows * columns * channels === 0) return undefined;
  const { pointer } = backend.dataOf(x);
  const output = backend.allocateTensor([blocks, columns, rows, channels]);
  const { chunks, perChunk } = elementChunks(blocks, rows * columns * channels);
  backend.pool.run(Kernel.transposeRows, chunks, 0, {
    x: pointer,
    out: output.data.pointer,
    blocks,
    rows,
    columns,
    channels,
    blocksPerChunk: perChunk,
  });
  return output.info;
}
