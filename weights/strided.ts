/** Tensors as strided views of a flat array, as in PyTorch: strides count elements. */
import { elementsOf, type TensorData } from "./tensor.ts";

export interface Strided {
  offset: number;
  shape: readonly number[];
  strides: readonly number[];
}

/** The strides of a tensor in C order. */
export function contiguousStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => elementsOf(shape.slice(axis + 1)));
}

/** Whether the view's elements lie one after the other in C order. */
export function isContiguous({ shape, strides }: Strided): boolean {
  return contiguousStrides(shape).every((step, axis) =>
    shape[axis] === 1 || strides[axis] === step
  );
}

/** The elements of a view in C order, copied. */
export function gather<T extends TensorData>(data: T, view: Strided): T {
  const { shape, strides, offset } = view;
  const count = elementsOf(shape);
  if (isContiguous(view)) return data.slice(offset, offset + count) as T;
  const result = new (data.constructor as new (length: number) => T)(count);
  const index = shape.map(() => 0);
  let from = offset;
  for (let to = 0; to < count; to++) {
    result[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

/** A tensor with its axes in another order, copied: `numpy.transpose(data, axes)`. */
export function transpose<T extends TensorData>(
  data: T,
  shape: readonly number[],
  axes: readonly number[],
): { shape: number[]; data: T } {
  const strides = contiguousStrides(shape);
  const view = {
    offset: 0,
    shape: axes.map((a) => shape[a]),
    strides: axes.map((a) => strides[a]),
  };
  return { shape: view.shape, data: gather(data, view) };
}
