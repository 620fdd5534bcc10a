import * as tf from "@tensorflow/tfjs";
import { adamW, type AdamWSettings, adamWStep } from "../backend/ops/adam_w.ts";
import { clipScale } from "../backend/ops/global_norm.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import type { Optimizer } from "./optimizer.ts";
import { createBuffers, snapshotBuffers } from "./optimizer_buffers.ts";

/** `torch.optim.AdamW`, behind `clip_grad_norm_` where there is a longest norm. */
export class AdamW implements Optimizer {
  readonly rateShape = [3];
  readonly #first: tf.Variable[];
  readonly #second: tf.Variable[];

  /** @param from as `snapshot` gave it; zeros when left out */
  constructor(
    readonly parameters: tf.Variable[],
    private readonly settings: AdamWSettings,
    private readonly clipNorm: number | null,
    from?: readonly NamedTensor[],
  ) {
    this.#first = createBuffers(parameters, from?.slice(0, parameters.length));
    this.#second = createBuffers(parameters, from?.slice(parameters.length));
  }

  rates(lr: number, step: number): Float32Array {
    return adamWStep(lr, step + 1, this.settings);
  }

  step(gradients: tf.NamedTensorMap, rates: tf.Tensor): void {
    const { parameters } = this;
    const ordered = parameters.map(({ name }) => gradients[name]);
    const scale = this.clipNorm === null ? tf.scalar(1) : clipScale(ordered, this.clipNorm);
    const tensors = { parameters, gradients: ordered, first: this.#first, second: this.#second };
    adamW(tensors, rates, scale, this.settings);
  }

  /** The first moments in the parameters' order, then the second ones. */
  snapshot(): Promise<NamedTensor[]> {
    return snapshotBuffers([...this.#first, ...this.#second]);
  }

  dispose(): void {
    tf.dispose([...this.#first, ...this.#second]);
  }
}
