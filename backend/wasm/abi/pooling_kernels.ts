/** Over the pixels of each channel. */
import { address, type Fields, i32, type KernelSpec, source } from "./field.ts";

const maxPoolFields: Fields = {
  x: address(),
  y: address(),
  dy: address("Gradients, where they are computed."),
  dx: address(),
  height: i32(),
  width: i32(),
  channels: i32(),
  outHeight: i32(),
  outWidth: i32(),
  filterHeight: i32(),
  filterWidth: i32(),
  strideHeight: i32(),
  strideWidth: i32(),
  padTop: i32(),
  padLeft: i32(),
  rowsPerChunk: i32("Input rows of a chunk of the gradient."),
};

export const maxPool: KernelSpec = { file: "max_pool", fields: maxPoolFields };

export const maxPoolGradient: KernelSpec = { file: "max_pool", fields: maxPoolFields };

export const spatialMean: KernelSpec = {
  file: "spatial_mean",
  fields: { source: source(), out: address(), pixels: i32(), channels: i32() },
};
