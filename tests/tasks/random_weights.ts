/** A file of ImageNet-sized weights that nobody trained, as PyTorch would name and lay them out. */
import { findArchitecture } from "../../models/registry.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { type Tensor, writeSafetensors } from "../../weights/mod.ts";
import { hashTensor } from "../../certify/hash_numbers.ts";

export async function writeRandomWeights(path: string, model: string): Promise<void> {
  const tensors = new Map<string, Tensor>();
  parameterSpecs(findArchitecture(model), 1000).forEach(({ name, shape }, i) => {
    const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
    const [scale, offset] = shape.length > 1
      ? [Math.sqrt(6 / fanIn), 0]
      : /(weight|running_var)$/.test(name)
      ? [0.5, 1]
      : [0.1, 0];
    const data = hashTensor(i + 1, shape, scale, offset) as Float32Array<ArrayBuffer>;
    tensors.set(name, { dtype: "float32", shape, data });
  });
  await writeSafetensors(path, tensors);
}
