/** Writes the `Source` record that kernels/source.ts reads: a tensor's rows, computed or lazy. */
import type { Block } from "./heap.ts";
import type { LazyRows, TensorData } from "./tensor_data.ts";

const PLAIN = 0;
const NORMALIZED = 1;
const NORMALIZED_GRADIENT = 2;

/** As a source, whatever state the tensor is in. */
export function sourceArguments(data: TensorData): number[] {
  const { lazy } = data;
  return lazy && lazy.kind !== "deferred" ? lazyArguments(lazy) : plainArguments(data);
}

/** The blocks that a source reads, for whoever keeps its arguments. */
export function sourceBlocks(data: TensorData): Block[] {
  const { lazy } = data;
  if (!lazy || lazy.kind === "deferred") return [data.block];
  if (lazy.kind === "normalized") return [lazy.z, lazy.state];
  return [lazy.d, lazy.z, lazy.coefficients, lazy.state];
}

/** As a source of computed values. */
export function plainArguments(data: TensorData): number[] {
  return plainRecord(data.pointer);
}

export function plainRecord(pointer: number): number[] {
  return [PLAIN, pointer, 0, 0, 0, 0];
}

export function lazyArguments(lazy: LazyRows): number[] {
  const scaleShift = scaleShiftPointer(lazy.state.pointer, lazy.channels);
  if (lazy.kind === "normalized") {
    return [NORMALIZED, lazy.z.pointer, 0, scaleShift, 0, lazy.activation];
  }
  const { d, z, coefficients, activation } = lazy;
  return [
    NORMALIZED_GRADIENT,
    d.pointer,
    z.pointer,
    scaleShift,
    coefficients.pointer,
    activation,
  ];
}

/** The state of a batch normalisation is mean, 1/σ, scale, shift. */
export function scaleShiftPointer(state: number, channels: number): number {
  return state + 2 * 4 * channels;
}
