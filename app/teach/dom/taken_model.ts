/** A model as it is handed out. */
import type { ExportedModel } from "../../../export/exported_model.ts";
import { MANIFEST_SCHEMA, type ModelManifest } from "../../../models/manifest.ts";
import type { BranchScore } from "../../../training/score.ts";
import type { NamedTensor } from "../../../weights/parameter.ts";
import type { TeachSettings } from "../messages.ts";
import { modelArchive, type ModelFormat } from "../model_archive.ts";

export interface TakenModel {
  classes: string[];
  /** In tfjs layout. */
  parameters: ReadonlyMap<string, NamedTensor>;
  temperature: number;
  training: Omit<NonNullable<ModelManifest["training"]>, "seed">;
  outOfDistribution?: ExportedModel["outOfDistribution"];
  /** On photos for validation and for the test, where there are some. */
  val?: BranchScore;
  test?: BranchScore;
  /** Photos by part and class. */
  counts: Record<string, Record<string, number>>;
}

/** Its files by name. */
export function takenFiles(
  format: ModelFormat,
  { architecture, preprocessing, pretrained, seed }: TeachSettings,
  { classes, parameters, temperature, training, outOfDistribution, val, test, counts }: TakenModel,
): Map<string, Blob> {
  const description = {
    schema: MANIFEST_SCHEMA as typeof MANIFEST_SCHEMA,
    architecture,
    classes,
    preprocessing,
    pretrained,
    training: { ...training, seed },
    temperature,
  };
  const facts = {
    ...(val && { score: { ...val, ...(test && { test }) } }),
    source: { origin: "photos taught in a browser", counts },
  };
  return modelArchive(format, { description, parameters, outOfDistribution }, facts);
}
