/** Exponential moving averages of many tensors, in place. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/**
 * average += (1 - decay)·(value - average), over parallel lists. Matches what
 * `get_ema_multi_avg_fn(decay)` of torch/optim/swa_utils.py gives.
 *
 * As with `sgdMomentum`, a tensor that shares an average's memory changes with it.
 */
export function moveAverages(averages: tf.Variable[], values: tf.Tensor[], decay: number): void {
  if (isServed("MoveAverages")) {
    const inputs = { averages, values } as unknown as tf.NamedTensorMap;
    tf.engine().runKernel("MoveAverages", inputs, { decay });
    return;
  }
  averages.forEach((average, i) =>
    tf.tidy(() => average.assign(tf.add(average, tf.mul(tf.sub(values[i], average), 1 - decay))))
  );
}
