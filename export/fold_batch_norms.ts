import type { Tensor } from "../weights/tensor.ts";
import type { BatchNormFold } from "./onnx_layers.ts";

/**
 * Parameters of a network whose batch norms are part of the convolutions before them: filters times
 * what their norm multiplies by, and the norm's `bias`, which is all that is left of it.
 *
 * @param parameters in torch's layout, under its names
 */
export function foldBatchNorms(
  parameters: ReadonlyMap<string, Tensor>,
  folds: readonly BatchNormFold[],
): Map<string, Tensor> {
  const folded = new Map(parameters);
  for (const { norm, epsilon, weight } of folds) {
    const [gamma, beta, mean, variance] = ["weight", "bias", "running_mean", "running_var"]
      .map((part) => folded.get(`${norm}.${part}`)!.data as Float32Array);
    const factors = Float64Array.from(gamma, (g, i) => g / Math.sqrt(variance[i] + epsilon));
    const filters = folded.get(weight)!;
    const size = filters.data.length / factors.length;
    const data = (filters.data as Float32Array)
      .map((value, i) => value * factors[Math.floor(i / size)]);
    folded.set(weight, { ...filters, data });
    const bias = beta.map((value, i) => value - mean[i] * factors[i]);
    folded.set(`${norm}.bias`, { dtype: "float32", shape: [bias.length], data: bias });
    for (const part of ["weight", "running_mean", "running_var"]) folded.delete(`${norm}.${part}`);
  }
  return folded;
}
