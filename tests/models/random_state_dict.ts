import { hashTensor } from "../../bench/certify/hash_numbers.ts";
import type { Architecture } from "../../models/architecture.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import type { Tensor } from "../../weights/tensor.ts";

/** Weights that nobody trained, as PyTorch names and lays them out: each layer keeps the variance. */
export function randomStateDict(architecture: Architecture, classes: number): Map<string, Tensor> {
  return new Map(
    parameterSpecs(architecture, classes).map(({ name, shape, constant }, i): [string, Tensor] => {
      if (constant) return [name, { dtype: "float32", shape, data: Float32Array.from(constant) }];
      const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
      const [scale, offset] = shape.length > 1
        ? [Math.sqrt(6 / fanIn), 0]
        : /(weight|running_var)$/.test(name)
        ? [0.5, 1]
        : [0.1, 0];
      return [name, { dtype: "float32", shape, data: hashTensor(i + 1, shape, scale, offset) }];
    }),
  );
}
