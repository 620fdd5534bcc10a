/** Step: photos whose label, or whose presence, a model that did not see them disputes; of `review`. */
import { type Dataset, openDataset } from "../data/dataset.ts";
import { type Part, PARTS } from "../data/dataset_index.ts";
import type { FindingKind } from "../data/doctor/finding.ts";
import { mergeGroups } from "../data/sources/merge_groups.ts";
import { counted } from "../data/statistics/percent.ts";
import { argmax } from "../models/logits.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { findLabelIssues } from "../training/issues/label_issues.ts";
import { findOutliers } from "../training/issues/outliers.ts";
import { choosePenalty } from "../training/probe/choose_penalty.ts";
import { DivisionError } from "../training/probe/cross_validation.ts";
import type { LabelledFeatures } from "../training/probe/labelled_features.ts";
import { matrix } from "../training/probe/matrix.ts";
import { findingsFile } from "./artifacts/findings.ts";
import { type Issues, issuesFile } from "./artifacts/issues.ts";
import type { FindIssuesParameters } from "./parameters.ts";
import { openPhotoFeatures } from "./photo_features.ts";

/** From here on a head is sure: by chance it is so once in ten photos at most. */
const SURE = 0.9;
const DIGITS = 1e4;
/** What says that photos show the same: a head that saw one would know the other. */
const SAME: FindingKind[] = [
  "leakage",
  "conflicting_labels",
  "exact_duplicates",
  "near_duplicates",
];

if (import.meta.main) await runStep<FindIssuesParameters>(findIssues);

async function findIssues(step: StepContext<FindIssuesParameters>): Promise<void> {
  const { recipe: { folds, penalties }, seed } = step.parameters;
  const { build_datasets, build_test } = step.inputs;
  using taught = await openDataset(build_datasets);
  using test = await openDataset(build_test, ["test"]);
  const parts = PARTS.map((part) => ({ part, dataset: part === "test" ? test : taught }));
  const { model, features } = await featuresOf(step, parts);
  const photos = parts.flatMap(({ part, dataset }) =>
    dataset.photos(part).map(({ path, label }) => ({ path, part, label }))
  );
  const groups = await groupsOf([build_datasets, build_test], parts);
  const { classes } = taught;
  const labels = Int32Array.from(photos, ({ label }) => label);
  const found: Issues = {
    schema: 1,
    model,
    classes: [...classes],
    photos,
    label_issues: [],
    surely_other: [],
    outliers: findOutliers(features),
  };
  try {
    const judged = judge({ features, labels, classes, groups }, {
      nSplits: folds,
      seed,
      Cs: penalties,
    });
    Object.assign(found, judged, {
      photos: photos.map((photo, i) => ({ ...photo, ...judged.photos[i] })),
    });
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    found.refused = error.message;
    step.log(`no label is judged: ${error.message}`);
  }
  await issuesFile.write(step.output, found);
  const { label_issues, surely_other, outliers } = found;
  step.log(
    `${counted(photos.length, "photo")}: ${
      counted(label_issues.length, "label")
    } probably wrong, ` +
      `${counted(outliers.length, "outlier")}`,
  );
  step.result({
    photos: photos.length,
    label_issues: label_issues.length,
    surely_other: surely_other.length,
    outliers: outliers.length,
  });
}

type Parts = { part: Part; dataset: Dataset }[];

async function featuresOf(step: StepContext<FindIssuesParameters>, parts: Parts) {
  await using network = await openPhotoFeatures(step);
  const total = parts.reduce((sum, { part, dataset }) => sum + dataset.photos(part).length, 0);
  const all: Float32Array[] = [];
  let before = 0;
  for (const { part, dataset } of parts) {
    const photos = Int32Array.from(dataset.photos(part).keys());
    if (photos.length === 0) continue;
    const { data } = await network.of(dataset, part, photos, (done) => {
      step.signal.throwIfAborted();
      step.progress({ done: before + done, total, unit: "photos" });
    });
    all.push(data);
    before += photos.length;
  }
  const columns = all[0].length / parts[0].dataset.photos("train").length;
  const numbers = new Float64Array(total * columns);
  let at = 0;
  for (const data of all) {
    numbers.set(data, at);
    at += data.length;
  }
  return { model: network.model, features: matrix(total, columns, numbers) };
}

/** What heads say of photos that they did not see. */
function judge(
  photos: LabelledFeatures,
  options: Parameters<typeof choosePenalty>[1],
): Pick<Issues, "label_issues" | "surely_other"> & { photos: Partial<Issues["photos"][number]>[] } {
  const { labels } = photos, classes = photos.classes.length;
  const { outOfFold: { probabilities } } = choosePenalty(photos, options);
  const rounded = (value: number) => Math.round(value * DIGITS) / DIGITS;
  const said = Array.from(labels, (label, i) => {
    const predicted = argmax(probabilities, i * classes, classes);
    return {
      predicted,
      probability: rounded(probabilities[i * classes + predicted]),
      given: rounded(probabilities[i * classes + label]),
    };
  });
  const issues = findLabelIssues({ labels, probabilities, classes });
  const known = new Set(issues);
  const sure = [...said.keys()].filter((i) =>
    !known.has(i) && said[i].predicted !== labels[i] && said[i].probability >= SURE
  ).sort((a, b) => said[b].probability - said[a].probability);
  return { photos: said, label_issues: issues, surely_other: sure };
}

/** Photos that must be asked about together: those that somebody grouped, and that show the same. */
async function groupsOf(folders: readonly string[], parts: Parts): Promise<string[]> {
  const photos = parts.flatMap(({ part, dataset }) => [...dataset.photos(part)]);
  const found = await Promise.all(folders.map((folder) => findingsFile.read(folder)));
  const same = found.flatMap(({ findings }) =>
    findings.filter(({ kind }) => SAME.includes(kind)).flatMap(({ groups = [] }) => groups)
  );
  const named = Map.groupBy(
    photos.filter(({ group }) => group !== undefined),
    ({ group }) => group,
  );
  const together = [...named.values()].map((group) => group.map(({ path }) => path));
  const groupOf = new Map(
    mergeGroups([...same, ...together]).flatMap((group) => group.map((path) => [path, group[0]])),
  );
  return photos.map(({ path }) => groupOf.get(path) ?? path);
}
