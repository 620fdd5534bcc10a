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
  const { weight, bias } = linearInit(generator, inFeatures, classes);
  const transposed = new Float32Array(weight.length);
  for (let out = 0; out < classes; out++) {
    for (let i = 0; i < inFeatures; i++) {
      transposed[i * classes + out] = weight[out * inFeatures + i];
    }
  }
  return new Map([
    ...pretrained,
    [weightName, { shape: [inFeatures, classes], data: transposed }],
    [`${architecture.head}.bias`, { shape: [classes], data: bias }],
  ]);
}
