/** Step: pretrained PyTorch weights, checked against the architecture, in tfjs layout. */
import { basename } from "node:path";
import { MANIFEST_SCHEMA, type ModelManifest } from "../models/manifest.ts";
import { parameterSpecs } from "../models/parameter_specs.ts";
import { ARCHITECTURES, findArchitecture } from "../models/registry.ts";
import { preprocessingFor } from "../models/seen_as.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { convertStart } from "../weights/convert_start.ts";
import { fetchPretrained } from "../weights/fetch_pretrained.ts";
import { assertUnfolded } from "../weights/folded_norms.ts";
import { withNamesOfToday } from "../weights/former_names.ts";
import { readMetadata } from "../weights/metadata.ts";
import { readStateDict } from "../weights/read.ts";
import { modelFile, PRETRAINED_PARAMETERS } from "./artifacts/model.ts";
import type { ConvertWeightsParameters } from "./parameters.ts";
import { sha256OfFile } from "../data/download/digest.ts";
import { writeParameters } from "../weights/parameter_file.ts";

if (import.meta.main) await runStep<ConvertWeightsParameters>(convert);

async function convert(step: StepContext<ConvertWeightsParameters>): Promise<void> {
  const { model, path, ...pretrained } = await findWeights(step);
  const architecture = findArchitecture(model);
  const preprocessing = preprocessingFor(architecture, step.parameters);
  const { parameters, classes, note } = convertStart(
    withNamesOfToday(await readStateDict(path), architecture.formerNames),
    (classes) => parameterSpecs(architecture, classes),
    architecture.head,
    path,
  );
  if (note) step.log(`${path}: ${note}`);
  const manifest: ModelManifest = {
    schema: MANIFEST_SCHEMA,
    architecture: model,
    classes: classes ?? 1, // Without a head it tells none apart; that of training counts its own.
    preprocessing,
    pretrained: note ? { ...pretrained, note } : pretrained,
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
    assertUnfolded(await readMetadata(weights), weights);
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
