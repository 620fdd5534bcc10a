/** What a frozen network says of crops, for whoever keeps it: see `compute_features`. */
import type { Architecture } from "../models/architecture.ts";
import { Model } from "../models/model.ts";
import { parameterSpecs } from "../models/parameter_specs.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import { predictorOf } from "./predictor.ts";

/** Crops at a time: more are hardly faster, and take more memory. */
export const BATCH = 16;

export interface FeatureExtractor extends Disposable {
  /**
   * Features of crops of [size, size, 3] bytes, in their order; those of one depend on no other.
   * @param crops `BATCH` at most
   * @returns [features] each
   */
  extract(crops: readonly Uint8Array[]): Promise<Float32Array[]>;
}

/**
 * The network without its head, as `model.eval()` computes it, on the backend that is active.
 *
 * @param pretrained in tfjs layout; a head among them is left aside
 */
export function openFeatureExtractor(
  architecture: Architecture,
  pretrained: ReadonlyMap<string, NamedTensor>,
): FeatureExtractor {
  // A model has a head: one that says nothing.
  const silent = parameterSpecs(architecture, 1)
    .filter(({ name }) => name.startsWith(`${architecture.head}.`))
    .map(({ name, shape }): [string, NamedTensor] => [
      name,
      { shape: shape.toReversed(), data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
    ]);
  const model = new Model(architecture, 1, new Map([...pretrained, ...silent]));
  const predict = predictorOf(model, architecture.preprocessing);
  return {
    extract: async (crops) => {
      // Which kernel computes a convolution is chosen by a batch's size, and one may round otherwise
      // than another: so that a crop's features are the same whenever it comes, all are of one size.
      const missing = BATCH - crops.length;
      const outputs = await predict([...crops, ...new Array(missing).fill(crops[0])]);
      return outputs.slice(0, crops.length).map(({ features }) => features);
    },
    [Symbol.dispose]: () => model.dispose(),
  };
}
