/** A model's parameters in a safetensors file, in tfjs layout under torch's names. */
import type { NamedTensor } from "./parameter.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import type { Tensor } from "./tensor.ts";

export async function writeParameters(
  path: string,
  parameters: ReadonlyMap<string, NamedTensor>,
): Promise<void> {
  const tensors = new Map<string, Tensor>();
  for (const [name, { shape, data }] of parameters) {
    tensors.set(name, { dtype: "float32", shape, data: data as Float32Array<ArrayBuffer> });
  }
  await writeSafetensors(path, tensors, { layout: "tfjs" });
}

/** @throws {Error} when an entry is no float32, which `writeParameters` never leaves */
export async function readParameters(path: string): Promise<Map<string, NamedTensor>> {
  const parameters = new Map<string, NamedTensor>();
  for (const [name, { shape, data }] of (await readSafetensors(path)).tensors) {
    if (!(data instanceof Float32Array)) throw new Error(`${path}: ${name} is not float32`);
    parameters.set(name, { shape: [...shape], data });
  }
  return parameters;
}
