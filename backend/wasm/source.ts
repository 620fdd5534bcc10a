/** A tensor's rows, computed or lazy, as kernels/source.ts reads them. */
import { ActivationCode, SCALE_VECTOR, SourceKind, type SourceRecord } from "./generated_abi.ts";
import type { Block } from "./heap.ts";
import type { LazyRows, TensorData } from "./tensor_data.ts";

/** Whatever state the tensor is in. */
export function sourceOf(data: TensorData): SourceRecord {
  const { lazy } = data;
  return lazy && lazy.kind !== "deferred" ? lazySource(lazy) : computedSource(data);
}

/** The blocks that a source reads, for whoever keeps its arguments. */
export function sourceBlocks(data: TensorData): Block[] {
  const { lazy } = data;
  if (!lazy || lazy.kind === "deferred") return [data.block];
  if (lazy.kind === "normalized") return [lazy.z, lazy.state];
  if (lazy.kind === "scaled") return [lazy.values, lazy.factors];
  return [lazy.d, lazy.z, lazy.coefficients, lazy.state];
}

/** Of computed values. */
export function computedSource(data: TensorData): SourceRecord {
  return plainSource(data.pointer);
}

export function plainSource(pointer: number): SourceRecord {
  return {
    kind: SourceKind.plain,
    values: pointer,
    z: 0,
    scaleShift: 0,
    coefficients: 0,
    activation: ActivationCode.linear,
    pixels: 0,
  };
}

export function lazySource(lazy: LazyRows): SourceRecord {
  if (lazy.kind === "scaled") {
    return {
      ...plainSource(lazy.values.pointer),
      kind: SourceKind.scaled,
      scaleShift: lazy.factors.pointer,
      pixels: lazy.pixels,
    };
  }
  const scaleShift = scaleShiftPointer(lazy.state.pointer, lazy.channels);
  const { activation } = lazy;
  if (lazy.kind === "normalized") {
    return {
      kind: SourceKind.normalized,
      values: lazy.z.pointer,
      z: 0,
      scaleShift,
      coefficients: 0,
      activation,
      pixels: 0,
    };
  }
  return {
    kind: SourceKind.normalizedGradient,
    values: lazy.d.pointer,
    z: lazy.z.pointer,
    scaleShift,
    coefficients: lazy.coefficients.pointer,
    activation,
    pixels: 0,
  };
}

/** The state of a batch normalisation is mean, 1/σ, scale, shift. */
export function scaleShiftPointer(state: number, channels: number): number {
  return state + SCALE_VECTOR * 4 * channels;
}
