import type { ModelManifest } from "../models/manifest.ts";
import { Model } from "../models/model.ts";
import { parameterSpecs } from "../models/parameter_specs.ts";
import { findArchitecture } from "../models/registry.ts";
import { convertStateDict } from "../weights/convert.ts";
import { readStateDict } from "../weights/read.ts";
import { loadModel } from "../tasks/load_model.ts";

/** Where a model is: what a training step left, or a file of weights as PyTorch saves them. */
export type ModelOrigin =
  | { artifact: string }
  | { file: string; architecture: string; classes: string[] };

/** What a file of weights, its architecture and classes say of a model. */
export function manifestOf(
  { file, architecture, classes }: Extract<ModelOrigin, { file: string }>,
): ModelManifest {
  const { preprocessing } = findArchitecture(architecture);
  return {
    schema: 1,
    architecture,
    classes,
    preprocessing,
    pretrained: { origin: file, sha256: "", licence: "unknown" },
  };
}

/**
 * The model; the active backend holds its parameters.
 * @throws {WeightsError} where the file is damaged or of another architecture
 */
export async function openModel(
  origin: ModelOrigin,
): Promise<{ model: Model; manifest: ModelManifest }> {
  if ("artifact" in origin) return await loadModel(origin.artifact);
  const { file, architecture, classes } = origin;
  const found = findArchitecture(architecture);
  const specs = parameterSpecs(found, classes.length);
  const parameters = convertStateDict(await readStateDict(file), specs, file);
  return { model: new Model(found, classes.length, parameters), manifest: manifestOf(origin) };
}
