/** From views of storages to contiguous tensors. */
import { PickleError } from "./pickle_machine.ts";
import { gather, isContiguous } from "./strided.ts";
import { bytesPerElement, elementsFrom, elementsOf, quoted, type Tensor } from "./tensor.ts";
import type { TorchFile } from "./torch_file.ts";
import type { StorageReference, TensorView } from "./torch_globals.ts";

/** Ten times as many as the largest networks for images have; each is read on its own. */
const MOST_TENSORS = 20_000;

/**
 * Loads tensors, a storage at a time: beside the result, one storage is in memory. A storage that a
 * single tensor fills is not copied. float16 and bfloat16 are widened to float32.
 *
 * @param limit bytes that tensors and storages may have in all: views can repeat elements, and zips
 *   inflate, at will
 * @throws {PickleError} where the limit is exceeded, or there are more tensors than networks have
 */
export async function loadTensors(
  views: ReadonlyMap<string, TensorView>,
  load: TorchFile["load"],
  limit: number,
): Promise<Map<string, Tensor>> {
  if (views.size > MOST_TENSORS) {
    throw new PickleError(`it has ${views.size} tensors, more than any network of ours`);
  }
  const byStorage = Map.groupBy(views, ([, view]) => view.storage.key);
  const tensors = new Map<string, Tensor>();
  let bytes = 0;
  for (const [, group] of byStorage) {
    const { storage } = group[0][1];
    for (const [, { shape }] of group) {
      bytes += elementsOf(shape) * bytesPerElement(storage.dtype);
    }
    bytes += storage.elements * bytesPerElement(storage.dtype);
    if (bytes > limit) throw new PickleError(`its tensors have more than ${limit} bytes`);
    assertSameStorage(group.map(([, view]) => view.storage));
    const { dtype, data } = elementsFrom(await load(storage), storage.dtype);
    for (const [name, view] of group) {
      const shape = view.shape;
      const whole = group.length === 1 && elementsOf(shape) === data.length && isContiguous(view);
      tensors.set(name, { dtype, shape, data: whole ? data : gather(data, view) });
    }
  }
  return new Map([...views.keys()].map((name) => [name, tensors.get(name)!]));
}

/** A key that is declared twice with different types would reinterpret bytes. */
function assertSameStorage(storages: StorageReference[]) {
  const [first] = storages;
  if (storages.some((s) => s.dtype !== first.dtype || s.elements !== first.elements)) {
    throw new PickleError(`its storage ${quoted(first.key)} is declared in two ways`);
  }
}
