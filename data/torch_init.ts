import type { Generator } from "./torch_random.ts";

/** Parameters of an `nn.Linear`. */
export interface LinearParameters {
  /** [outFeatures, inFeatures], row by row, as torch stores it. */
  weight: Float32Array;
  /** [outFeatures] */
  bias: Float32Array;
}

/**
 * A new `nn.Linear(inFeatures, outFeatures)`, drawn from the generator as `reset_parameters` does:
 * first the weight, then the bias, both uniform within 1/√inFeatures.
 * Matches torch/nn/modules/linear.py and `kaiming_uniform_` of torch/nn/init.py with a = √5.
 */
export function linearInit(
  generator: Generator,
  inFeatures: number,
  outFeatures: number,
): LinearParameters {
  if (!(inFeatures > 0 && outFeatures > 0)) {
    throw new RangeError(`nn.Linear needs features, got ${inFeatures} in and ${outFeatures} out`);
  }
  // The operations and their order are torch's: other ways to 1/√inFeatures may end one bit off.
  const gain = Math.sqrt(2 / (1 + Math.sqrt(5) ** 2));
  const weightBound = Math.sqrt(3) * (gain / Math.sqrt(inFeatures));
  const biasBound = 1 / Math.sqrt(inFeatures);
  const weight = new Float32Array(outFeatures * inFeatures);
  const bias = new Float32Array(outFeatures);
  generator.fillUniform(weight, -weightBound, weightBound);
  generator.fillUniform(bias, -biasBound, biasBound);
  return { weight, bias };
}
