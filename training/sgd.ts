import * as tf from "@tensorflow/tfjs";
import { sgdMomentum } from "../backend/ops.ts";

/** `torch.optim.SGD(parameters, lr, momentum)`: holds one momentum buffer a parameter. */
export class Sgd {
  readonly #buffers: tf.Variable[];

  constructor(readonly parameters: tf.Variable[], readonly momentum: number) {
    this.#buffers = tf.tidy(() =>
      parameters.map((parameter) => tf.variable(tf.zerosLike(parameter), false))
    );
  }

  /** @param gradients by variable name, as `tf.variableGrads` returns them; not disposed here */
  step(gradients: tf.NamedTensorMap, lr: number): void {
    const ordered = this.parameters.map((parameter) => gradients[parameter.name]);
    sgdMomentum(this.parameters, ordered, this.#buffers, lr, this.momentum);
  }

  dispose(): void {
    for (const buffer of this.#buffers) buffer.dispose();
  }
}
