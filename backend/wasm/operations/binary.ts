/** Elementwise operations of two tensors whose broadcast collapses to three dimensions. */
import * as tf from "@tensorflow/tfjs";
import type { WasmBackend } from "../backend.ts";
import { BinaryOperation, Kernel } from "../generated_abi.ts";
import { elementChunks } from "../partition.ts";
import { extendDeferred, isDeferredConvolution } from "./deferred_convolution.ts";
import { addToDeferred } from "./deferred_gradient.ts";

/** By tfjs's names for them. */
export const BINARY_OPERATIONS = {
  Add: BinaryOperation.add,
  Sub: BinaryOperation.subtract,
  Multiply: BinaryOperation.multiply,
  RealDiv: BinaryOperation.divide,
};

interface Dimension {
  size: number;
  /** Whether each operand moves along it, or repeats one value. */
  moves: [boolean, boolean];
}

/** Undefined where the broadcast is of a kind that ours does not cover. */
export function binary(
  backend: WasmBackend,
  operation: BinaryOperation,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
): tf.TensorInfo | undefined {
  if (operation === BinaryOperation.add) {
    const sum = addDeferred(backend, a, b);
    if (sum) return sum;
  }
  const outShape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const dimensions = collapse(outShape, a.shape, b.shape);
  if (dimensions.length > 3 || tf.util.sizeFromShape(outShape) === 0) return undefined;
  while (dimensions.length < 3) dimensions.unshift({ size: 1, moves: [false, false] });
  // One long vector is cut into rows, so that threads can share it.
  if (dimensions[0].size === 1 && dimensions[1].size === 1) cutVector(dimensions);
  const [outer, middle, inner] = dimensions;

  const x = backend.dataOf(a), y = backend.dataOf(b);
  const aPointer = x.pointer, bPointer = y.pointer;
  const output = backend.allocateTensor(outShape);
  const rows = outer.size * middle.size;
  const { chunks, perChunk } = elementChunks(rows, inner.size);
  const [aOuter, aMiddle, aInner] = strides(dimensions, 0);
  const [bOuter, bMiddle, bInner] = strides(dimensions, 1);
  backend.pool.run(Kernel.binary, chunks, 0, {
    operation,
    a: aPointer,
    b: bPointer,
    out: output.data.pointer,
    rows,
    middle: middle.size,
    inner: inner.size,
    aOuter,
    aMiddle,
    aInner,
    bOuter,
    bMiddle,
    bInner,
    rowsPerChunk: perChunk,
  });
  return output.info;
}

/** a + b where one of them is not computed yet and can take the other along. */
function addDeferred(
  backend: WasmBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
): tf.TensorInfo | undefined {
  if (tf.util.arraysEqual(a.shape, b.shape)) {
    const sum = backend.emptyTensor(a.shape);
    if (addToDeferred(backend.dataOf(a), backend.dataOf(b), sum.data)) return sum.info;
    backend.disposeIntermediateTensorInfo(sum.info);
    return isDeferredConvolution(backend.dataOf(a))
      ? addResidual(backend, a, b)
      : addResidual(backend, b, a);
  }
  return addBias(backend, a, b);
}

function addResidual(backend: WasmBackend, x: tf.TensorInfo, residual: tf.TensorInfo) {
  const { block } = backend.dataOf(residual);
  return extendDeferred(backend, x, { residual: block.pointer, reads: [block] });
}

/** One value for each of x's channels. */
function addBias(backend: WasmBackend, x: tf.TensorInfo, bias: tf.TensorInfo) {
  const channels = x.shape.at(-1);
  const isVector = bias.shape.at(-1) === channels && bias.shape.length <= x.shape.length &&
    tf.util.sizeFromShape(bias.shape) === channels;
  if (!isVector) return undefined;
  const { block } = backend.dataOf(bias);
  return extendDeferred(backend, x, { shift: block.pointer, reads: [block] });
}

/** Joins neighbouring dimensions in which both operands behave alike; drops those of size 1. */
function collapse(outShape: number[], aShape: number[], bShape: number[]): Dimension[] {
  const dimensions: Dimension[] = [];
  outShape.forEach((size, i) => {
    if (size === 1) return;
    const moves = [aShape, bShape].map((shape) =>
      (shape[i - (outShape.length - shape.length)] ?? 1) !== 1
    ) as [boolean, boolean];
    const last = dimensions.at(-1);
    if (last && last.moves[0] === moves[0] && last.moves[1] === moves[1]) last.size *= size;
    else dimensions.push({ size, moves });
  });
  return dimensions.length > 0 ? dimensions : [{ size: 1, moves: [true, true] }];
}

function cutVector(dimensions: Dimension[]): void {
  const [, , { size, moves }] = dimensions;
  for (const width of [1024, 768, 512, 320, 96, 64, 32]) {
    if (size % width === 0 && size > width) {
      dimensions[1] = { size: size / width, moves };
      dimensions[2] = { size: width, moves };
      return;
    }
  }
}

/** Floats from one index to the next, for each dimension. */
function strides(dimensions: Dimension[], operand: 0 | 1): number[] {
  let step = 1;
  const result: number[] = [];
  for (let i = dimensions.length - 1; i >= 0; i--) {
    result[i] = dimensions[i].moves[operand] ? step : 0;
    if (dimensions[i].moves[operand]) step *= dimensions[i].size;
  }
  return result;
}
