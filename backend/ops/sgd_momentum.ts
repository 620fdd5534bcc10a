/** SGD with momentum over all parameters in place. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/**
 * One step of SGD with momentum, in place, over parallel lists: buffer = momentum·buffer + gradient,
 * parameter -= lr·buffer. Matches torch/optim/sgd.py (no dampening, no weight decay, no Nesterov);
 * buffers start at zero, which gives torch's first step too.
 *
 * A backend's own kernel writes to the parameters' memory: a tensor that shares it, such as a clone
 * made before, changes with them. Copy what is to stay, for instance by `tf.mul(parameter, 1)`.
 *
 * @param lr a tensor, float32 [], where the step is repeated (`repeatStep`) with other rates
 */
export function sgdMomentum(
  parameters: tf.Variable[],
  gradients: tf.Tensor[],
  buffers: tf.Variable[],
  lr: number | tf.Tensor,
  momentum: number,
): void {
  if (isServed("SgdMomentum")) {
    tf.tidy(() => {
      const rate = typeof lr === "number" ? tf.scalar(lr) : lr;
      // tfjs's types know no lists of inputs; its engine takes them (Concat and Pack pass theirs so).
      const inputs = { parameters, gradients, buffers, lr: rate } as unknown as tf.NamedTensorMap;
      tf.engine().runKernel("SgdMomentum", inputs, { momentum });
    });
    return;
  }
  parameters.forEach((parameter, i) =>
    tf.tidy(() => {
      buffers[i].assign(tf.add(tf.mul(buffers[i], momentum), gradients[i]));
      parameter.assign(tf.sub(parameter, tf.mul(buffers[i], lr)));
    })
  );
}
