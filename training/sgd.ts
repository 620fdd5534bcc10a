import * as tf from "@tensorflow/tfjs";
import { sgdMomentum } from "../backend/ops/sgd_momentum.ts";
import type { NamedTensor } from "../weights/parameter.ts";

/** `torch.optim.SGD(parameters, lr, momentum)`: holds one momentum buffer a parameter. */
export class Sgd {
  readonly #buffers: tf.Variable[];

  /** @param from buffers as `snapshot` gave them; zeros when left out */
  constructor(
    readonly parameters: tf.Variable[],
    readonly momentum: number,
    from?: readonly NamedTensor[],
  ) {
    this.#buffers = tf.tidy(() =>
      parameters.map((parameter, i) => {
        const start = from ? tf.tensor(from[i].data, from[i].shape) : tf.zerosLike(parameter);
        return tf.variable(start, false);
      })
    );
  }

  /** @param gradients by variable name, as `tf.variableGrads` returns them; not disposed here */
  step(gradients: tf.NamedTensorMap, lr: number | tf.Tensor): void {
    const ordered = this.parameters.map((parameter) => gradients[parameter.name]);
    sgdMomentum(this.parameters, ordered, this.#buffers, lr, this.momentum);
  }

  /** A copy of the buffers, in the parameters' order. */
  snapshot(): Promise<NamedTensor[]> {
    return Promise.all(this.#buffers.map(async (buffer) => ({
      shape: buffer.shape,
      data: Float32Array.from(await buffer.data<"float32">()),
    })));
  }

  dispose(): void {
    for (const buffer of this.#buffers) buffer.dispose();
  }
}
