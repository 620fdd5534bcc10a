import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../kernel.ts";
import { sourceArguments } from "../source.ts";
import type { TensorData } from "../tensor_data.ts";

const BLOCK_ROWS = 64;

/** Mean over height and width of [batch, height, width, channels]: shape [batch, channels]. */
export function spatialMean(
  backend: WasmBackend,
  x: TensorData,
  [batch, height, width, channels]: number[],
): tf.TensorInfo {
  const output = backend.allocateTensor([batch, channels]);
  backend.pool.run(Kernel.spatialMean, batch, BLOCK_ROWS * channels, [
    ...sourceArguments(x),
    output.data.pointer,
    height * width,
    channels,
  ]);
  return output.info;
}
