/** AdamW over all parameters in place. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/** What stays the same from step to step. */
export interface AdamWSettings {
  beta1: number;
  beta2: number;
  /** Added to the corrected root of the second moment. */
  epsilon: number;
  /** Of each parameter: what the learning rate is multiplied by. */
  rates: readonly number[];
  /** Of each parameter: its weight decay. */
  decays: readonly number[];
}

/** Parallel lists of parameters, what they learn from, and the moments, which start at zero. */
export interface AdamWTensors {
  parameters: tf.Variable[];
  gradients: tf.Tensor[];
  first: tf.Variable[];
  second: tf.Variable[];
}

/** What the kernel AdamW gets. */
export interface AdamWInputs {
  parameters: tf.TensorInfo[];
  gradients: tf.TensorInfo[];
  first: tf.TensorInfo[];
  second: tf.TensorInfo[];
  step: tf.TensorInfo;
  gradientScale: tf.TensorInfo;
}

/**
 * One step of AdamW, in place: the weights decay apart from the gradient (Loshchilov and Hutter 2019,
 * https://arxiv.org/abs/1711.05101). Matches torch/optim/adamw.py, epsilon's place too.
 *
 * As with `sgdMomentum`, a tensor that shares a parameter's memory changes with it.
 *
 * @param step float32 [3], as `adamWStep` gives it: new values in each step that is repeated
 * @param gradientScale float32 [], by which all gradients are multiplied first
 */
export function adamW(
  { parameters, gradients, first, second }: AdamWTensors,
  step: tf.Tensor,
  gradientScale: tf.Tensor,
  settings: AdamWSettings,
): void {
  if (isServed("AdamW")) {
    // tfjs's types know no lists of inputs; its engine takes them (Concat and Pack pass theirs so).
    const inputs = { parameters, gradients, first, second, step, gradientScale };
    tf.engine().runKernel(
      "AdamW",
      inputs as unknown as tf.NamedTensorMap,
      settings as unknown as tf.NamedAttrMap,
    );
    return;
  }
  const { beta1, beta2, epsilon, rates, decays } = settings;
  parameters.forEach((parameter, i) =>
    tf.tidy(() => {
      const [lr, correctedLr, rootCorrection] = tf.unstack(step);
      const gradient = tf.mul(gradients[i], gradientScale);
      first[i].assign(tf.add(first[i], tf.mul(tf.sub(gradient, first[i]), 1 - beta1)));
      second[i].assign(
        tf.add(tf.mul(second[i], beta2), tf.mul(tf.square(gradient), 1 - beta2)),
      );
      const root = tf.add(tf.div(tf.sqrt(second[i]), rootCorrection), epsilon);
      const decayed = tf.mul(parameter, tf.sub(1, tf.mul(lr, rates[i] * decays[i])));
      const move = tf.mul(tf.div(first[i], root), tf.mul(correctedLr, rates[i]));
      parameter.assign(tf.sub(decayed, move));
    })
  );
}

/**
 * What changes from step to step: the learning rate, the same divided by the first moment's
 * correction, and the root of the second moment's.
 *
 * @param step counts from 1
 */
export function adamWStep(
  lr: number,
  step: number,
  { beta1, beta2 }: Pick<AdamWSettings, "beta1" | "beta2">,
): Float32Array {
  return Float32Array.of(lr, lr / (1 - beta1 ** step), Math.sqrt(1 - beta2 ** step));
}
