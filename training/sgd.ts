import * as tf from "@tensorflow/tfjs";
import { sgdMomentum } from "../backend/ops/sgd_momentum.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import type { Optimizer } from "./optimizer.ts";
import { createBuffers, snapshotBuffers } from "./optimizer_buffers.ts";

/** `torch.optim.SGD(parameters, lr, momentum)`: holds one momentum buffer a parameter. */
export class Sgd implements Optimizer {
  readonly rateShape = [];
  readonly #buffers: tf.Variable[];

  /** @param from buffers as `snapshot` gave them; zeros when left out */
  constructor(
    readonly parameters: tf.Variable[],
    readonly momentum: number,
    from?: readonly NamedTensor[],
  ) {
    this.#buffers = createBuffers(parameters, from);
  }

  rates(lr: number): Float32Array {
    return Float32Array.of(lr);
  }

  step(gradients: tf.NamedTensorMap, lr: number | tf.Tensor): void {
    const ordered = this.parameters.map((parameter) => gradients[parameter.name]);
    sgdMomentum(this.parameters, ordered, this.#buffers, lr, this.momentum);
  }

  /** A copy of the buffers, in the parameters' order. */
  snapshot(): Promise<NamedTensor[]> {
    return snapshotBuffers(this.#buffers);
  }

  dispose(): void {
    tf.dispose(this.#buffers);
  }
}
