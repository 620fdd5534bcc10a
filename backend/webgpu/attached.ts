/** Tensors that belong to another and are disposed with it: what a forward kernel keeps for its gradient. */
import type * as tf from "@tensorflow/tfjs";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";

const attached = new WeakMap<object, tf.TensorInfo>();
const watched = new WeakSet<TfjsWebGpuBackend>();

/** Hands `tensor` over to `owner`, which is disposed later and takes it along. */
export function attachTo(
  backend: TfjsWebGpuBackend,
  owner: tf.TensorInfo,
  tensor: tf.TensorInfo,
): void {
  watch(backend);
  attached.set(owner.dataId, tensor);
}

export function attachedTo(owner: tf.TensorInfo): tf.TensorInfo | undefined {
  return attached.get(owner.dataId);
}

/** tfjs tells nobody when it frees a tensor, so this listens at the one place that does. */
function watch(backend: TfjsWebGpuBackend): void {
  if (watched.has(backend)) return;
  watched.add(backend);
  const disposeData = backend.disposeData;
  backend.disposeData = function (id: object, force?: boolean): boolean {
    const freed = disposeData.call(this, id, force);
    const tensor = freed ? attached.get(id) : undefined;
    if (tensor) {
      attached.delete(id);
      disposeData.call(this, tensor.dataId);
    }
    return freed;
  };
}
