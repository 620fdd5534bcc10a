/** Step: one part of the photos asked of a head that was chosen and fitted without them. */
import { type Dataset, openDataset } from "../data/dataset.ts";
import { counted } from "../data/statistics/percent.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { DivisionError } from "../training/probe/cross_validation.ts";
import { type LabelledFeatures, takePhotos } from "../training/probe/labelled_features.ts";
import { answerHeldOut } from "../training/probe/nested_cross_validation.ts";
import { sampleOfClasses } from "../training/probe/sample_of_classes.ts";
import { readFeatures } from "./artifacts/features.ts";
import { heldOutFile } from "./artifacts/held_out.ts";
import { modelFile } from "./artifacts/model.ts";
import { testPartFile } from "./artifacts/test_part.ts";
import type { CrossValidateParameters } from "./parameters.ts";

if (import.meta.main) await runStep<CrossValidateParameters>(crossValidate);

async function crossValidate(step: StepContext<CrossValidateParameters>): Promise<void> {
  const { fold, recipe: { folds, penalties, balance }, seed } = step.parameters;
  if ((await testPartFile.read(step.inputs.build_test)).hasPhotos) {
    step.log("nothing is left out: there are photos to test by");
    return await heldOutFile.write(step.output, { photos: [] });
  }
  const dataset = await openDataset(step.inputs.build_datasets);
  const networks = await readNetworks(step, dataset);
  if (networks.length === 0) throw new Error("none of the networks could be had");
  try {
    const options = { nSplits: folds, seed, Cs: penalties, balance };
    const { chosen, C, photos, logits } = answerHeldOut(networks, fold, options);
    const { labels, classes, groups } = networks[0].photos;
    await heldOutFile.write(step.output, {
      photos: Array.from(photos, (index, i) => ({
        index,
        label: labels[index],
        ...(groups && { group: groups[index] }),
        logits: Array.from(logits.subarray(i * classes.length, (i + 1) * classes.length)),
      })),
      chosen: { network: chosen, C },
    });
    step.log(
      `part ${fold + 1} of ${folds}: ${counted(photos.length, "photo")}, left out of choosing ` +
        `${chosen} and C ${C}`,
    );
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    // The model can be had all the same; that its accuracy is val's is told where it is told.
    step.log(`not cross-validated: ${error.message}`);
    await heldOutFile.write(step.output, { photos: [], refused: error.message });
  }
}

/** The networks that there are, each with what it says of the same photos to train on. */
async function readNetworks(
  { parameters: { backbones, sample }, inputs }: StepContext<CrossValidateParameters>,
  dataset: Dataset,
): Promise<{ name: string; photos: LabelledFeatures }[]> {
  if (backbones.length === 0) {
    const { architecture } = await modelFile.read(inputs.convert_weights);
    const all = await readFeatures(inputs.compute_features, "train", dataset);
    const rows = sampleOfClasses(all.labels, sample);
    return [{ name: architecture, photos: takePhotos(all, rows) }];
  }
  const there = backbones.filter((name) => inputs[`compute_features_${name}`] !== undefined);
  return await Promise.all(there.map(async (name) => ({
    name,
    photos: await readFeatures(inputs[`compute_features_${name}`], "train", dataset),
  })));
}
