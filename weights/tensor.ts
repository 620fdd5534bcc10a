/** Tensors as they come from files: contiguous (C order) typed arrays with a shape. */

/** The element types that a {@linkcode Tensor} can have. */
export type DType = keyof typeof arrayTypes;

/** How each element type is held; bool as bytes 0 and 1. */
export const arrayTypes = {
  float64: Float64Array,
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** Element types that files can have in addition; they are widened to float32 when read. */
export type HalfDType = "float16" | "bfloat16";

export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

export interface Tensor {
  dtype: DType;
  /** Empty for a scalar. */
  shape: number[];
  /** As many elements as the shape says. */
  data: TensorData;
}

/** What is written in halves; what is read is widened. */
export interface HalfTensor {
  dtype: "float16";
  shape: number[];
  data: Float16Array<ArrayBuffer>;
}

/** A weights file that cannot be used; the message names it, the cause and the remedy. */
export class WeightsError extends Error {
  override name = "WeightsError";
}

/** A name out of a file as messages show it: it may be a megabyte long, or move the cursor. */
export function quoted(name: string): string {
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return shown.replace(/\p{Cc}/gu, "\u{FFFD}");
}

const LONGEST_NAME = 100;

export function bytesPerElement(dtype: DType | HalfDType): number {
  return isHalf(dtype) ? 2 : arrayTypes[dtype].BYTES_PER_ELEMENT;
}

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Little-endian bytes as elements: in place, but halves are widened to float32, exactly. */
export function elementsFrom(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: DType | HalfDType,
): { dtype: DType; data: TensorData } {
  const size = bytesPerElement(dtype);
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const length = bytes.length / size;
  if (!isHalf(dtype)) return { dtype, data: new arrayTypes[dtype](buffer, byteOffset, length) };
  if (dtype === "float16") {
    const data = new Float32Array(new Float16Array(buffer, byteOffset, length));
    return { dtype: "float32", data };
  }
  // A bfloat16 is the upper half of a float32.
  const bits = Uint32Array.from(new Uint16Array(buffer, byteOffset, length), (half) => half << 16);
  return { dtype: "float32", data: new Float32Array(bits.buffer) };
}

function isHalf(dtype: DType | HalfDType): dtype is HalfDType {
  return dtype === "float16" || dtype === "bfloat16";
}
