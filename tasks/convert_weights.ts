/** Step: pretrained PyTorch weights, checked against the architecture, in tfjs layout. */
import { basename } from "node:path";
import { MANIFEST_SCHEMA, type ModelManifest } from "../models/manifest.ts";
import { parameterSpecs } from "../models/parameter_specs.ts";
import { ARCHITECTURES, findArchitecture } from "../models/registry.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { convertStateDict } from "../weights/convert.ts";
import { fetchPretrained } from "../weights/fetch_pretrained.ts";
import { readStateDict } from "../weights/read.ts";
import { modelFile, PRETRAINED_PARAMETERS } from "./artifacts/model.ts";
import type { ConvertWeightsParameters } from "./parameters.ts";
import { sha256OfFile } from "../data/download/digest.ts";
import { writeParameters } from "../weights/parameter_file.ts";

/** Expected where the weights have no head, so that it is missed. */
const IMAGENET_CLASSES = 1000;

if (import.meta.main) await runStep<ConvertWeightsParameters>(convert);

async function convert(step: StepContext<ConvertWeightsParameters>): Promise<void> {
  const { model, path, ...pretrained } = await findWeights(step);
  const architecture = findArchitecture(model);
  const stateDict = await readStateDict(path);
  // A model trained on other photos may have any number of classes: its head is replaced all the same.
  const classes = stateDict.get(`${architecture.head}.weight`)?.shape[0] ?? IMAGENET_CLASSES;
  const parameters = convertStateDict(stateDict, parameterSpecs(architecture, classes), path);
  const manifest: ModelManifest = {
    schema: MANIFEST_SCHEMA,
    architecture: model,
    classes,
    preprocessing: architecture.preprocessing,
    pretrained,
  };
  await writeParameters(`${step.output}/${PRETRAINED_PARAMETERS}`, parameters);
  await modelFile.write(step.output, manifest);
  step.result({ model, ...pretrained });
}

/** The user's own file, or the one that the architecture declares. */
async function findWeights(
  { parameters, signal, progress, log }: StepContext<ConvertWeightsParameters>,
) {
  const { model, weights, downloads, maxDownload } = parameters;
  if (weights) {
    const sha256 = await sha256OfFile(weights, signal);
    return { model, path: weights, origin: basename(weights), sha256, licence: "not stated" };
  }
  return await fetchPretrained(model, ARCHITECTURES, {
    downloads,
    most: maxDownload,
    mirror: Deno.env.get("GRAFT_MIRROR"),
    signal,
    progress: ({ label, ...amounts }) => progress({ ...amounts, message: label }),
    log,
  });
}
