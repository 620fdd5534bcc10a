import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel, SPATIAL_MEAN_ROWS } from "../generated_abi.ts";
import { sourceOf } from "../source.ts";
import type { TensorData } from "../tensor_data.ts";

/** Mean over height and width of [batch, height, width, channels]: shape [batch, channels]. */
export function spatialMean(
  backend: WasmBackend,
  x: TensorData,
  [batch, height, width, channels]: number[],
): tf.TensorInfo {
  const output = backend.allocateTensor([batch, channels]);
  backend.pool.run(Kernel.spatialMean, batch, SPATIAL_MEAN_ROWS * channels, {
    source: sourceOf(x),
    out: output.data.pointer,
    pixels: height * width,
    channels,
  });
  return output.info;
}
