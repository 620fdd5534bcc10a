/** What moves parameters by their gradients. */
import type * as tf from "@tensorflow/tfjs";
import type { NamedTensor } from "../weights/parameter.ts";

export interface Optimizer {
  readonly parameters: tf.Variable[];
  /** Numbers that differ from step to step: the learning rate, and what follows from it. */
  readonly rateShape: number[];
  /** @param step counts from 0 */
  rates(lr: number, step: number): Float32Array;
  /**
   * @param gradients by variable name, as `tf.variableGrads` returns them; not disposed here
   * @param rates of `rateShape`
   */
  step(gradients: tf.NamedTensorMap, rates: tf.Tensor): void;
  /** A copy of what it remembers, to go on from. */
  snapshot(): Promise<NamedTensor[]>;
  dispose(): void;
}
