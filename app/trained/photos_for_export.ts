/** The photos that a file of another precision is made and measured by. */
import type { Dataset } from "../../data/dataset.ts";
import { DATASET_FILES, SPLITS } from "../../data/dataset_index.ts";
import { predictionsFile } from "../../tasks/artifacts/predictions.ts";
import type { CommandContext } from "../cli/command.ts";
import type { ModelFlags } from "../commands/flags.ts";
import type { Branch } from "../../models/manifest.ts";
import { resultsFor } from "./choose_model.ts";
import type { LatestResults } from "./latest_results.ts";
import { datasetOfModel } from "./photos_of_model.ts";

export interface PhotosForExport {
  /** To be closed. */
  dataset: Dataset;
  /** The index of the class that the model itself named for each val photo; where it was evaluated. */
  known?: number[];
}

/**
 * @param branch of the model
 * @returns undefined where the photos are not there any more
 */
export async function photosForExport(
  context: Pick<CommandContext<ModelFlags>, "flags" | "store" | "readFrom">,
  branch: Branch,
): Promise<PhotosForExport | undefined> {
  const results = await resultsFor(context);
  const files = [DATASET_FILES.index, ...SPLITS.map(DATASET_FILES.pack)];
  const dataset = await datasetOfModel(results, `train_${branch}`, files);
  return dataset && { dataset, known: await knownAnswers(results, branch, dataset) };
}

async function knownAnswers(
  results: LatestResults,
  branch: Branch,
  dataset: Dataset,
): Promise<number[] | undefined> {
  const [trained, evaluated] = await Promise.all([
    results.of(`train_${branch}`),
    results.ifWhole("evaluate"),
  ]);
  const inputs = evaluated?.manifest.fingerprint.inputs;
  if (!evaluated || inputs?.[`train_${branch}`] !== trained?.manifest.digest) return undefined;
  await results.assertIntact(evaluated, [predictionsFile.name]);
  const answers = await predictionsFile.read(evaluated.path);
  const photos = dataset.photos("val");
  const isOfThese = answers.length === photos.length &&
    answers.every((answer, i) => answer.path === photos[i].path && answer[branch]);
  if (!isOfThese) return undefined;
  return answers.map((answer) => dataset.classes.indexOf(answer[branch]!.label));
}
