import { linearInit } from "../data/torch_init.ts";
import type { Generator } from "../data/torch_random.ts";
import type { Architecture } from "../models/architecture.ts";
import { parameterSpecs } from "../models/parameter_specs.ts";
import type { NamedTensor } from "../weights/parameter.ts";

/**
 * Pretrained parameters with a fresh `nn.Linear` of `classes` outputs for a head, drawn from
 * `generator` as torch draws it: the weight, then the bias.
 *
 * @param pretrained in tfjs layout; the other entries are shared, not copied
 */
export function replaceHead(
  pretrained: ReadonlyMap<string, NamedTensor>,
  architecture: Architecture,
  classes: number,
  generator: Generator,
): Map<string, NamedTensor> {
  const weightName = `${architecture.head}.weight`;
  const [, inFeatures] = parameterSpecs(architecture, classes)
    .find((spec) => spec.name === weightName)!.shape;
  return withHead(pretrained, architecture, linearInit(generator, inFeatures, classes));
}

/** What an `nn.Linear` holds, in torch's layout. */
interface LinearLayer {
  /** [classes × features] */
  weight: Float32Array | Float64Array;
  /** [classes] */
  bias: Float32Array | Float64Array;
}

/**
 * Parameters with this `nn.Linear` for a head, rounded to float32.
 *
 * @param pretrained in tfjs layout; the other entries are shared, not copied
 */
export function withHead(
  pretrained: ReadonlyMap<string, NamedTensor>,
  { head }: Pick<Architecture, "head">,
  { weight, bias }: LinearLayer,
): Map<string, NamedTensor> {
  const classes = bias.length, inFeatures = weight.length / classes;
  const transposed = new Float32Array(weight.length);
  for (let out = 0; out < classes; out++) {
    for (let i = 0; i < inFeatures; i++) {
      transposed[i * classes + out] = weight[out * inFeatures + i];
    }
  }
  return new Map([
    ...pretrained,
    [`${head}.weight`, { shape: [inFeatures, classes], data: transposed }],
    [`${head}.bias`, { shape: [classes], data: Float32Array.from(bias) }],
  ]);
}
