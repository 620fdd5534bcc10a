/** Draws two runs side by side. Loads all that draws: only import it where that is needed. */
import { type Dataset, openDataset } from "../../data/dataset.ts";
import type { RgbImage } from "../../data/image.ts";
import { viewPhoto } from "../../data/transforms.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { type DifferingPhoto, renderComparison } from "../../report/page/comparison.ts";
import { factsFile } from "../../tasks/artifacts/facts.ts";
import { predictionsFile } from "../../tasks/artifacts/predictions.ts";
import { mcnemarExact } from "../../training/metrics.ts";
import { replaceFile } from "../conclusion/replace_file.ts";
import { runSummary } from "../run_summary.ts";
import { LatestResults } from "../trained/latest_results.ts";
import { type Differing, differingPhotos } from "./differing_photos.ts";

/** Photos shown of either kind. */
const SHOWN = 12;

interface Stores {
  store: string;
  readFrom: readonly string[];
}

/**
 * Writes `compare.html` into the store; undefined where a run has no evaluation to compare.
 * @param differences in parameters, code and figures, as text
 */
export async function drawComparison(
  records: [RunRecord, RunRecord],
  differences: string,
  stores: Stores,
): Promise<string | undefined> {
  const page = await comparisonPage(records, differences, stores);
  if (page === undefined) return undefined;
  const path = `${stores.store}/compare.html`;
  replaceFile(path, new TextEncoder().encode(page));
  return path;
}

/** The page itself, as text; otherwise as {@linkcode drawComparison}. */
export async function comparisonPage(
  records: [RunRecord, RunRecord],
  differences: string,
  { store, readFrom }: Stores,
): Promise<string | undefined> {
  const [first, second] = [
    await evaluated(records[0], { store, readFrom }),
    await evaluated(records[1], { store, readFrom }),
  ];
  if (!first || !second) return undefined;
  const { shared, only } = differingPhotos(first.answers, second.answers);
  const show = await shower(second);
  const shown = (photos: Differing[]) => ({
    count: photos.length,
    photos: photos.slice(0, SHOWN).map(show),
  });
  return await renderComparison({
    runs: [first.run, second.run],
    differences,
    shared,
    only: [shown(only[0]), shown(only[1])],
    pValue: mcnemarExact(only[0].length, only[1].length),
  });
}

type Evaluated = NonNullable<Awaited<ReturnType<typeof evaluated>>>;

async function evaluated(record: RunRecord, { store, readFrom }: Stores) {
  const results = new LatestResults(store, readFrom, record);
  const artifact = await results.of("evaluate");
  if (!artifact) return undefined;
  await results.assertIntact(artifact, [factsFile.name, predictionsFile.name]);
  const facts = await factsFile.read(artifact.path);
  const answers = (await predictionsFile.read(artifact.path)).flatMap((photo) => {
    const answer = photo[facts.shown];
    return answer ? [{ path: photo.path, actual: photo.label, answer }] : [];
  });
  const { shown, classes, branches, model } = facts;
  const { curves, ...score } = branches[shown]!;
  return {
    run: {
      name: record.id.slice(0, 19),
      what: `${shown}; ${runSummary(record) ?? model.architecture}`,
      classes,
      score,
      curves,
    },
    answers,
    preprocessing: model.preprocessing,
    dataset: await results.ifWhole("build_datasets"),
  };
}

/** Puts the picture to a photo, as its model saw it, where the store still has it. */
async function shower({ dataset: artifact, preprocessing }: Evaluated) {
  const dataset = artifact && await openDataset(artifact.path);
  const positions = new Map(dataset?.photos("val").map(({ path }, i) => [path, i]));
  const imageOf = (dataset: Dataset, index: number): RgbImage => ({
    width: preprocessing.size,
    height: preprocessing.size,
    data: viewPhoto(dataset.readPhoto("val", index), preprocessing),
  });
  return (photo: Differing): DifferingPhoto => {
    const index = positions.get(photo.path);
    return index === undefined ? photo : { ...photo, image: imageOf(dataset!, index) };
  };
}
