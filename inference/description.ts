/** What goes along inside every exported file, so that it can be used, and read back, alone. */
import * as v from "valibot";
import type { Architecture } from "../models/architecture.ts";
import { type ModelManifest, modelManifest } from "../models/manifest.ts";
import { ARCHITECTURES } from "../models/registry.ts";
import { preprocessingFor } from "../models/seen_as.ts";
import { WeightsError } from "../weights/tensor.ts";

/** `model.json`, and how logits become probabilities. */
export interface ModelDescription extends ModelManifest {
  /** Divides the logits before softmax, so that probabilities are as often right as they say. */
  temperature: number;
}

/** The key of the description, as JSON, in safetensors' and ONNX's metadata. */
export const DESCRIPTION_KEY = "graft";

/** Beyond what calibration fits, probabilities are all alike, or all 0 and 1. */
const COLDEST = 0.01, HOTTEST = 100;

/** More than any list of classes that people have: the largest known has 22 thousand. */
const MOST_CLASSES = 100_000;

/** A value of a file is quoted in messages up to here. */
const LONGEST_REASON = 200;

/** Characters that a description of as many classes may have. */
const LONGEST = 4 << 20;

const descriptionSchema: v.GenericSchema<unknown, ModelDescription> = v.intersect([
  modelManifest,
  v.object({
    temperature: v.pipe(v.number(), v.minValue(COLDEST), v.maxValue(HOTTEST)),
    classes: v.union([
      v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(MOST_CLASSES)),
      v.pipe(v.number(), v.maxValue(MOST_CLASSES)),
    ]),
  }),
]);

/**
 * A description out of a file's metadata; undefined where there is none.
 *
 * @param what names the file in messages
 * @throws {WeightsError} where it is damaged or of another kind, with the field and what is right
 */
export function parseDescription(
  metadata: Readonly<Record<string, string>>,
  what = "the file of weights",
): ModelDescription | undefined {
  const text = Object.hasOwn(metadata, DESCRIPTION_KEY) ? metadata[DESCRIPTION_KEY] : undefined;
  if (text === undefined) return undefined;
  const { success, output, issues } = v.safeParse(descriptionSchema, jsonOf(text, what), {
    abortEarly: true,
  });
  if (!success) {
    const { message } = issues[0];
    throw wrong(what, v.getDotPath(issues[0]) ?? "the whole", message);
  }
  return output;
}

/**
 * That the description is right for its architecture as we have it.
 *
 * @throws {WeightsError} as `parseDescription`: a photo that is prepared in another way would get a
 *   wrong label without a word
 */
export function assertFitsArchitecture(description: ModelDescription, what: string) {
  const { architecture: name, preprocessing } = description;
  const architecture = ARCHITECTURES.find((known) => known.name === name);
  if (!architecture) {
    const known = ARCHITECTURES.map(({ name }) => name).join(", ");
    throw wrong(what, "architecture", `it is ${JSON.stringify(name)}, known are ${known}`);
  }
  const usual = { interpolation: "bilinear", fit: "crop" };
  const rights = { ...usual, ...rightOf(architecture, preprocessing, what) };
  const tolds: Partial<Record<string, unknown>> = { ...usual, ...preprocessing };
  for (const [field, right] of Object.entries(rights)) {
    const told = tolds[field];
    if (String(told) === String(right)) continue;
    throw wrong(what, `preprocessing.${field}`, `it is ${told}, but ${name} takes ${right}`);
  }
}

/** How photos are prepared where they are fitted as `told`, to squares of its size. */
function rightOf(
  architecture: Architecture,
  told: ModelDescription["preprocessing"],
  what: string,
): ModelDescription["preprocessing"] {
  try {
    return preprocessingFor(architecture, told);
  } catch (error) {
    throw wrong(what, "preprocessing.size", (error as Error).message);
  }
}

function jsonOf(text: string, what: string): unknown {
  if (text.length > LONGEST) throw wrong(what, "the whole", `it has ${text.length} characters`);
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(what, "the whole", "it is no JSON");
  }
}

function wrong(what: string, field: string, why: string): WeightsError {
  const shown = why.length > LONGEST_REASON ? `${why.slice(0, LONGEST_REASON)}…` : why;
  return new WeightsError(
    `${what}: what it says of its model ("${DESCRIPTION_KEY}" in its metadata) is wrong in ` +
      `${field}: ${shown}`,
  );
}

/** What others read beside the description: class names and preprocessing, each under its own key. */
export function metadataOf(description: ModelDescription): Record<string, string> {
  const { classes, preprocessing, temperature } = description;
  return {
    [DESCRIPTION_KEY]: JSON.stringify(description),
    classes: JSON.stringify(classes),
    preprocessing: JSON.stringify({
      ...preprocessing,
      interpolation: `${preprocessing.interpolation ?? "bilinear"}, antialiased`,
    }),
    temperature: String(temperature),
  };
}
