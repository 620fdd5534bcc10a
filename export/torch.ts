/** Files that PyTorch and torchvision load: parameters under torch's names, in torch's layout. */
import { writeSafetensors } from "../weights/safetensors.ts";
import { writeStateDict } from "../weights/torch_write.ts";
import { DESCRIPTION_KEY, metadataOf } from "../inference/description.ts";
import { familiarMetadata } from "../inference/familiar_metadata.ts";
import { type ExportedModel, torchParameters } from "./exported_model.ts";

/**
 * A safetensors file for `load_state_dict(load_file(path))`, with `strict=True`. Its metadata hold
 * classes, preprocessing, and what tells photos of none of the classes.
 *
 * Permissions: read and write in the folder.
 */
export async function exportSafetensors(model: ExportedModel, path: string): Promise<void> {
  await writeSafetensors(path, torchParameters(model), safetensorsMetadata(model));
}

/** What such a file says of its model. */
export function safetensorsMetadata(
  { description, outOfDistribution }: ExportedModel,
): Record<string, string> {
  return {
    format: "pt", // the transformers library refuses files without one
    ...metadataOf(description),
    ...familiarMetadata(outOfDistribution),
  };
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
