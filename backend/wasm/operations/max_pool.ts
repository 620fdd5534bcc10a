/** MaxPool and MaxPoolGrad over NHWC. */
import type * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { Kernel } from "../kernel.ts";
import type { TensorData } from "../tensor_data.ts";
import type { ConvInfo } from "../../window.ts";

/** Input rows of a chunk of the gradient: many to a window's height, enough for many threads. */
const ROWS_PER_CHUNK = 16;

export function maxPool(backend: WasmBackend, x: TensorData, info: ConvInfo): tf.TensorInfo {
  const output = backend.allocateTensor(info.outShape);
  backend.pool.run(Kernel.maxPool, info.batchSize * info.outHeight, 0, [
    x.pointer,
    output.data.pointer,
    0,
    0,
    ...geometry(info),
  ]);
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
  backend.pool.run(Kernel.maxPoolGradient, chunks, 0, [
    x.pointer,
    y.pointer,
    dy.pointer,
    output.data.pointer,
    ...geometry(info),
  ]);
  return output.info;
}

function geometry(info: ConvInfo): number[] {
  return [
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
    ROWS_PER_CHUNK,
  ];
}
