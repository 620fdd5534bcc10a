import * as tf from "@tensorflow/tfjs";
import { clipScale } from "../backend/ops/global_norm.ts";
import { sgdMomentum } from "../backend/ops/sgd_momentum.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import type { Optimizer } from "./optimizer.ts";
import { createBuffers, snapshotBuffers } from "./optimizer_buffers.ts";

/** Of each parameter, in their order. */
interface DecayedSgdSettings {
  momentum: number;
  /** What the learning rate is multiplied by. */
  rates: readonly number[];
  /** Weight decay, which is added to the gradient. */
  decays: readonly number[];
}

/** `torch.optim.SGD` with parameter groups, behind `clip_grad_norm_` where there is a longest norm. */
export class DecayedSgd implements Optimizer {
  readonly rateShape = [];
  readonly #buffers: tf.Variable[];

  /** @param from as `snapshot` gave it; zeros when left out */
  constructor(
    readonly parameters: tf.Variable[],
    private readonly settings: DecayedSgdSettings,
    private readonly clipNorm: number | null,
    from?: readonly NamedTensor[],
  ) {
    this.#buffers = createBuffers(parameters, from);
  }

  rates(lr: number): Float32Array {
    return Float32Array.of(lr);
  }

  step(gradients: tf.NamedTensorMap, lr: tf.Tensor): void {
    const { momentum, rates, decays } = this.settings;
    tf.tidy(() => {
      let ordered = this.parameters.map(({ name }) => gradients[name]);
      if (this.clipNorm !== null) {
        const scale = clipScale(ordered, this.clipNorm);
        ordered = ordered.map((gradient) => tf.mul(gradient, scale));
      }
      ordered = ordered.map((gradient, i) =>
        decays[i] === 0 ? gradient : tf.add(gradient, tf.mul(this.parameters[i], decays[i]))
      );
      const groups = Map.groupBy(rates.keys(), (i) => rates[i]);
      for (const [rate, members] of groups) {
        const of = <T>(list: T[]) => members.map((i) => list[i]);
        const own = tf.mul(lr, rate);
        sgdMomentum(of(this.parameters), of(ordered), of(this.#buffers), own, momentum);
      }
    });
  }

  snapshot(): Promise<NamedTensor[]> {
    return snapshotBuffers(this.#buffers);
  }

  dispose(): void {
    tf.dispose(this.#buffers);
  }
}
