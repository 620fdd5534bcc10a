import { classCount, type ModelManifest } from "../models/manifest.ts";
import { Model } from "../models/model.ts";
import { describedArchitecture } from "../models/seen_as.ts";
import { readParameters } from "../weights/parameter_file.ts";

/**
 * The model whose parameters lie in `file` as training leaves them; the active backend holds them.
 * @throws {WeightsError} where the file is damaged
 */
export async function loadModel(manifest: ModelManifest, file: string): Promise<Model> {
  return new Model(
    describedArchitecture(manifest),
    classCount(manifest),
    await readParameters(file),
  );
}
