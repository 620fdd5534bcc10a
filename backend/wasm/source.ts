/** Writes the `Source` record that kernels/source.ts reads: a tensor's rows, computed or lazy. */
import type { Lazy, TensorData } from "./tensor_data.ts";

const PLAIN = 0;
const NORMALIZED = 1;
const NORMALIZED_GRADIENT = 2;

/** As a source, whatever state the tensor is in. */
export function sourceArguments(data: TensorData): number[] {
  return data.lazy ? lazyArguments(data.lazy) : plainArguments(data);
}

/** As a source of computed values. */
export function plainArguments(data: TensorData): number[] {
  return [PLAIN, data.pointer, 0, 0, 0, 0];
}

export function lazyArguments(lazy: Lazy): number[] {
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
