import type { ModelManifest } from "../models/manifest.ts";
import { Model } from "../models/model.ts";
import { findArchitecture } from "../models/registry.ts";
import { readJson } from "./json.ts";
import { readParameters } from "./parameter_file.ts";

/** The model that a training step left in `folder`; the active backend holds its parameters. */
export async function loadModel(
  folder: string,
): Promise<{ model: Model; manifest: ModelManifest }> {
  const manifest = await readJson<ModelManifest>(`${folder}/model.json`);
  const classes = typeof manifest.classes === "number" ? manifest.classes : manifest.classes.length;
  const model = new Model(
    findArchitecture(manifest.architecture),
    classes,
    await readParameters(`${folder}/best.safetensors`),
  );
  return { model, manifest };
}
