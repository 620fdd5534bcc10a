/** Tensors that belong to another and go with it: what it is computed from, or its gradient needs. */
import type * as tf from "@tensorflow/tfjs";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";

const attached = new WeakMap<object, tf.TensorInfo[]>();
const watched = new WeakSet<TfjsWebGpuBackend>();

/** Hands `tensors` over to `owner`, which takes them along when it is freed. */
export function attachTo(
  backend: TfjsWebGpuBackend,
  owner: tf.TensorInfo,
  ...tensors: tf.TensorInfo[]
): void {
  watch(backend);
  attached.set(owner.dataId, [...attachedTo(owner.dataId), ...tensors]);
}

/** In the order in which they were attached. */
function attachedTo(owner: object): tf.TensorInfo[] {
  return attached.get(owner) ?? [];
}

/** Lets go of those of the owner's tensors that it no longer needs. */
export function detachFrom(
  backend: TfjsWebGpuBackend,
  owner: object,
  tensors: tf.TensorInfo[],
): void {
  attached.set(owner, attachedTo(owner).filter((tensor) => !tensors.includes(tensor)));
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

/** tfjs tells nobody when it frees a tensor, so this listens at the one place that does. */
function watch(backend: TfjsWebGpuBackend): void {
  if (watched.has(backend)) return;
  watched.add(backend);
  const disposeData = backend.disposeData;
  backend.disposeData = function (id: object, force?: boolean): boolean {
    const freed = disposeData.call(this, id, force);
    if (freed) {
      const tensors = attachedTo(id);
      attached.delete(id);
      for (const { dataId } of tensors) this.disposeData(dataId);
    }
    return freed;
  };
}
