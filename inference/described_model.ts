/** What a file of weights says of itself: which model it is, and how its answers are to be read. */
import { findArchitecture } from "../models/registry.ts";
import { classCount } from "../models/manifest.ts";
import { parameterSpecs } from "../models/parameter_specs.ts";
import { assertFitsArchitecture, type ModelDescription, parseDescription } from "./description.ts";
import { parseFamiliar } from "./familiar_metadata.ts";
import type { Postprocessing } from "./postprocessing.ts";

export interface DescribedModel {
  description: ModelDescription;
  postprocessing: Postprocessing;
}

/**
 * Of the metadata of a file that graft exported; undefined of others.
 *
 * @param file names it in messages
 * @throws {WeightsError} where it says what cannot be
 */
export function describedModel(
  metadata: Readonly<Record<string, string>>,
  file: string,
): DescribedModel | undefined {
  const description = parseDescription(metadata, file);
  if (!description) return undefined;
  assertFitsArchitecture(description, file);
  const architecture = findArchitecture(description.architecture);
  const head = `${architecture.head}.weight`;
  const [, features] = parameterSpecs(architecture, classCount(description))
    .find(({ name }) => name === head)!.shape; // [classes, features], as torch has it
  const { temperature } = description;
  const outOfDistribution = parseFamiliar(metadata, features, file);
  return {
    description,
    postprocessing: { temperature, ...outOfDistribution && { outOfDistribution } },
  };
}
