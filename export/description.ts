/** What goes along inside every exported file, so that it can be used, and read back, alone. */
import * as v from "valibot";
import { type ModelManifest, modelManifest } from "../models/manifest.ts";

/** `model.json`, and how logits become probabilities. */
export interface ModelDescription extends ModelManifest {
  /** Divides the logits before softmax, so that probabilities are as often right as they say. */
  temperature: number;
}

/** The key of the description, as JSON, in safetensors' and ONNX's metadata. */
export const DESCRIPTION_KEY = "graft";

const descriptionSchema: v.GenericSchema<unknown, ModelDescription> = v.intersect([
  modelManifest,
  v.object({ temperature: v.pipe(v.number(), v.gtValue(0)) }),
]);

/** A description out of a file's metadata; undefined where there is none, or none of this kind. */
export function parseDescription(
  metadata: Readonly<Record<string, string>>,
): ModelDescription | undefined {
  const text = metadata[DESCRIPTION_KEY];
  if (text === undefined) return undefined;
  try {
    const { success, output } = v.safeParse(descriptionSchema, JSON.parse(text));
    return success ? output : undefined;
  } catch {
    return undefined;
  }
}

/** What others read beside the description: class names and preprocessing, each under its own key. */
export function metadataOf(description: ModelDescription): Record<string, string> {
  const { classes, preprocessing, temperature } = description;
  return {
    [DESCRIPTION_KEY]: JSON.stringify(description),
    classes: JSON.stringify(classes),
    preprocessing: JSON.stringify({ ...preprocessing, interpolation: "bilinear, antialiased" }),
    temperature: String(temperature),
  };
}
