import { formatHeader } from "./safetensors_header.ts";
import {
  bytesPerElement,
  elementsOf,
  type HalfTensor,
  type Tensor,
  WeightsError,
} from "./tensor.ts";

/**
 * The bytes of a safetensors file, in parts that are written one after the other. The same tensors give
 * the same bytes, whatever their order: they are sorted as the safetensors library does it, wide types
 * first (which aligns them), then by name.
 *
 * @throws {WeightsError} where a tensor's data does not have as many elements as its shape says
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, Tensor | HalfTensor>,
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer>[] {
  const sorted = [...tensors].sort(([nameA, a], [nameB, b]) =>
    bytesPerElement(b.dtype) - bytesPerElement(a.dtype) || (nameA < nameB ? -1 : 1)
  );
  for (const [name, { shape, data }] of sorted) {
    if (data.length !== elementsOf(shape)) {
      throw new WeightsError(`${name} has ${data.length} elements, which is not [${shape}]`);
    }
  }
  const header = formatHeader(sorted, metadata);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return [
    length,
    new Uint8Array(header),
    ...sorted.map(([, { data }]) =>
      new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
    ),
  ];
}
