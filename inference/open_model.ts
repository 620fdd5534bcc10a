import { classCount, type ModelManifest } from "../models/manifest.ts";
import { Model } from "../models/model.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import { parameterSpecs } from "../models/parameter_specs.ts";
import { findArchitecture } from "../models/registry.ts";
import { describedArchitecture } from "../models/seen_as.ts";
import { convertStateDict } from "../weights/convert.ts";
import { withNamesOfToday } from "../weights/former_names.ts";
import { withoutPrefix } from "../weights/fit.ts";
import { readParameters } from "../weights/parameter_file.ts";
import { readStateDict } from "../weights/read.ts";
import { WeightsError } from "../weights/tensor.ts";

/** A model that nobody has loaded yet. It is JSON: processes are told by it what to open. */
export interface ModelSource {
  manifest: ModelManifest;
  /** With its parameters; an absolute path. */
  file: string;
  /** As training leaves them, or as PyTorch saves them. */
  layout: "tfjs" | "torch";
}

/**
 * Its parameters in tfjs layout, under torch's names.
 * @throws {WeightsError} where the file is damaged, of another architecture, or of another number of
 *   classes
 */
export async function parametersOf(
  { manifest, file, layout }: ModelSource,
): Promise<Map<string, NamedTensor>> {
  if (layout === "tfjs") return await readParameters(file);
  const architecture = findArchitecture(manifest.architecture);
  const [named, head] = [classCount(manifest), architecture.head];
  const specs = parameterSpecs(architecture, named);
  const read = withNamesOfToday(await readStateDict(file), architecture.formerNames);
  const { stateDict, what } = withoutPrefix(read, specs, file);
  const told = stateDict.get(`${head}.weight`)?.shape[0] ?? named;
  if (told !== named) {
    throw new WeightsError(
      `${file}: its head (${head}) tells ${told} classes apart, but ${named} are named, by --classes ` +
        `or in the file's own description (classes): name the ${told} that it was trained on`,
    );
  }
  return convertStateDict(stateDict, specs, what);
}

/**
 * The model; the active backend holds its parameters.
 * @throws {WeightsError} as `parametersOf`
 */
export async function openModel(source: ModelSource): Promise<Model> {
  const { manifest } = source;
  return new Model(
    describedArchitecture(manifest),
    classCount(manifest),
    await parametersOf(source),
  );
}
