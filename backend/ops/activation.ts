/** Activations, behind a batch norm or alone, and their gradient. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/**
 * By PyTorch's definitions: `hardSwish` x·relu6(x + 3)/6, `silu` x·sigmoid(x), `hardSigmoid`
 * relu6(x + 3)/6.
 */
export type Activation =
  | "linear"
  | "relu"
  | "relu6"
  | "hardSwish"
  | "silu"
  | "hardSigmoid"
  | "sigmoid";

/** What the kernel ActivateGrad gets. */
export interface ActivationGradientInputs {
  dy: tf.TensorInfo;
  /** What was activated. */
  x: tf.TensorInfo;
}

/** Whether it bends: its gradient depends on what was activated, not on where that lies alone. */
export function isSmooth(activation: Activation): boolean {
  return activation !== "linear" && activation !== "relu" && activation !== "relu6";
}

/** activation(x), of any shape. */
export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  if (!isSmooth(activation) || !isServed("Activate")) return composeActivation(x, activation);
  return tf.engine().runKernel("Activate", { x }, { activation }) as T;
}

/** dy · activation'(x): the gradient of x, for operations that compute their own. */
export function activationGradient<T extends tf.Tensor>(dy: T, x: T, activation: Activation): T {
  if (activation === "linear") return dy;
  if (isServed("ActivateGrad")) {
    return tf.engine().runKernel("ActivateGrad", { dy, x }, { activation }) as T;
  }
  return tf.grad((x) => composeActivation(x, activation))(x, dy) as T;
}

/** By stock operations. */
export function composeActivation<T extends tf.Tensor>(x: T, activation: Activation): T {
  switch (activation) {
    case "linear":
      return x;
    case "relu":
      return tf.relu(x);
    case "relu6":
      return tf.relu6(x);
    case "hardSwish":
      return tf.tidy(() => tf.mul(x, hardSigmoid(x)));
    case "silu":
      return tf.tidy(() => tf.mul(x, tf.sigmoid(x)));
    case "hardSigmoid":
      return tf.tidy(() => hardSigmoid(x));
    case "sigmoid":
      return tf.sigmoid(x);
  }
}

const hardSigmoid = <T extends tf.Tensor>(x: T): T => tf.div(tf.relu6(tf.add(x, 3)), 6);

tf.registerGradient({
  kernelName: "Activate",
  inputsToSave: ["x"],
  outputsToSave: [],
  gradFunc: (dy, [x], { activation }) => ({
    x: () => activationGradient(dy as tf.Tensor, x, activation as unknown as Activation),
  }),
});
