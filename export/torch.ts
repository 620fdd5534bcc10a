/** Files that PyTorch and torchvision load: parameters under torch's names, in torch's layout. */
import { writeSafetensors } from "../weights/safetensors.ts";
import { writeStateDict } from "../weights/torch_write.ts";
import { DESCRIPTION_KEY, metadataOf } from "../inference/description.ts";
import { familiarMetadata } from "../inference/familiar_metadata.ts";
import type { HalfTensor, Tensor } from "../weights/tensor.ts";
import { type ExportedModel, torchParameters } from "./exported_model.ts";
import { halvesOf } from "./halves.ts";

/**
 * A safetensors file for `load_state_dict(load_file(path))`, with `strict=True`. Its metadata hold
 * classes, preprocessing, and what tells photos of none of the classes. With float16, filters and
 * matrices are halves; vectors, which are few, stay as they are.
 *
 * Permissions: read and write in the folder.
 *
 * @throws {RangeError} where a parameter is beyond what float16 can be
 */
export async function exportSafetensors(
  model: ExportedModel,
  path: string,
  precision: "float32" | "float16" = "float32",
): Promise<void> {
  // The transformers library refuses files without a format.
  const { description, outOfDistribution } = model;
  const metadata = {
    format: "pt",
    ...metadataOf(description),
    ...familiarMetadata(outOfDistribution),
  };
  const parameters = torchParameters(model);
  await writeSafetensors(path, precision === "float16" ? halved(parameters) : parameters, metadata);
}

function halved(parameters: ReadonlyMap<string, Tensor>): Map<string, Tensor | HalfTensor> {
  return new Map(Array.from(parameters, ([name, tensor]): [string, Tensor | HalfTensor] => {
    const { shape, data } = tensor;
    if (shape.length < 2 || !(data instanceof Float32Array)) return [name, tensor];
    return [name, { dtype: "float16", shape, data: halvesOf(name, data) }];
  }));
}

/**
 * A checkpoint for `load_state_dict(torch.load(path, weights_only=True))`, with `strict=True`.
 *
 * Permissions: read and write in the folder.
 */
export async function exportPytorch(model: ExportedModel, path: string): Promise<void> {
  const metadata = {
    [DESCRIPTION_KEY]: JSON.stringify(model.description),
    ...familiarMetadata(model.outOfDistribution),
  };
  const records = Object.entries(metadata).map(([key, value]) => [`${key}.json`, value]);
  await writeStateDict(path, torchParameters(model), Object.fromEntries(records));
}
