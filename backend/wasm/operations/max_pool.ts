/** MaxPool and MaxPoolGrad over NHWC. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { type ArgumentsOf, Kernel } from "../generated_abi.ts";
import type { TensorData } from "../tensor_data.ts";
import { type ConvInfo, sizesOf } from "../../window.ts";

/** Input rows of a chunk of the gradient: many to a window's height, enough for many threads. */
const ROWS_PER_CHUNK = 16;

export function maxPool(backend: WasmBackend, x: TensorData, info: ConvInfo): tf.TensorInfo {
  const output = backend.allocateTensor(info.outShape);
  backend.pool.run(Kernel.maxPool, info.batchSize * info.outHeight, 0, {
    x: x.pointer,
    y: output.data.pointer,
    dy: 0,
    dx: 0,
    ...geometry(info),
  });
  return output.info;
}

export function maxPoolGradient(
  backend: WasmBackend,
  dy: TensorData,
  x: TensorData,
  y: TensorData,
  info: ConvInfo,
): tf.TensorInfo {
  const output = backend.allocateTensor(info.inShape);
  const chunks = info.batchSize * Math.ceil(info.inHeight / ROWS_PER_CHUNK);
  backend.pool.run(Kernel.maxPoolGradient, chunks, 0, {
    x: x.pointer,
    y: y.pointer,
    dy: dy.pointer,
    dx: output.data.pointer,
    ...geometry(info),
  });
  return output.info;
}

function geometry(
  info: ConvInfo,
): Omit<ArgumentsOf<typeof Kernel.maxPool>, "x" | "y" | "dy" | "dx"> {
  return {
    ...sizesOf(info),
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    rowsPerChunk: ROWS_PER_CHUNK,
  };
}
