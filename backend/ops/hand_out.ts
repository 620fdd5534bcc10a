import type * as tf from "@tensorflow/tfjs";

/**
 * Hands out the outputs of one gradient kernel to tfjs's per-input thunks. tfjs runs each thunk in
 * a tidy of its own, so a thunk returns a clone and lets go of the original at once: what is no
 * longer needed is freed during the backward pass, not after it.
 */
export function handOut(output: tf.Tensor): () => tf.Tensor {
  return () => {
    const clone = output.clone();
    output.dispose();
    return clone;
  };
}
