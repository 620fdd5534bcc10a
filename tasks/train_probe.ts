/** Step: a head fitted to convergence on features of the frozen network; `train_frozen` of `best`. */
import { openDataset } from "../data/dataset.ts";
import type { Split } from "../data/dataset_index.ts";
import { percent } from "../data/statistics/percent.ts";
import type { ModelManifest } from "../models/manifest.ts";
import { findArchitecture } from "../models/registry.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { withHead } from "../training/head.ts";
import { type History, learningCurves } from "../training/history.ts";
import { photosByClass } from "../training/probe/balance_photos.ts";
import { fitProbe } from "../training/probe/fit_probe.ts";
import type { LabelledFeatures } from "../training/probe/labelled_features.ts";
import { learningCurve } from "../training/probe/learning_curve.ts";
import { accuracyScore, photoLosses } from "../training/probe/log_loss.ts";
import { decisionFunction, type LinearClassifier } from "../training/probe/logistic_regression.ts";
import { readParameters, writeParameters } from "../weights/parameter_file.ts";
import { choiceFile } from "./artifacts/choice.ts";
import { readFeatures } from "./artifacts/features.ts";
import { curvesFile, historyFile } from "./artifacts/history.ts";
import { BEST_PARAMETERS, modelFile, PRETRAINED_PARAMETERS } from "./artifacts/model.ts";
import { probeFile } from "./artifacts/probe.ts";
import type { TrainProbeParameters } from "./parameters.ts";

if (import.meta.main) await runStep<TrainProbeParameters>(train);

async function train(step: StepContext<TrainProbeParameters>): Promise<void> {
  const { device, recipe, seed } = step.parameters;
  const { convert_weights: source } = step.inputs;
  const manifest = await modelFile.read(source);
  const dataset = await openDataset(step.inputs.build_datasets);
  const featuresOf = (split: Split) => readFeatures(step.inputs.compute_features, split, dataset);
  const photos = { train: await featuresOf("train"), val: await featuresOf("val") };

  const started = performance.now();
  const folds = { nSplits: recipe.folds, seed };
  const { C, curve, outOfFold, classifier, balance } = fitProbe(photos.train, recipe.balance, {
    ...folds,
    Cs: recipe.penalties,
  });
  const seconds = (performance.now() - started) / 1000;
  if (balance !== "none") step.log(describeBalance(photos.train, balance));
  step.log(
    `C ${C} of ${recipe.penalties.length} by cross-validation in ${recipe.folds} parts, in which ` +
      `${percent(outOfFold.accuracy)} of the photos to train on were right`,
  );
  if (!classifier.converged) {
    step.log(`the fit did not converge in ${classifier.nIter} steps: it is as good as it got`);
  }

  const epoch = {
    epoch: 0,
    lr: 0, // nothing goes down a slope in steps that somebody chose
    train: { ...scoreOf(classifier, photos.train), seconds },
    val: { ...scoreOf(classifier, photos.val), seconds: 0 },
  };
  const { accuracy } = epoch.val;
  const history: History = { epochs: [epoch], best: { epoch: 0, accuracy } };
  const trained: ModelManifest = {
    ...manifest,
    classes: dataset.classes,
    training: { branch: "frozen", recipe, seed, bestEpoch: 0, valAccuracy: accuracy, device },
  };
  const pretrained = await readParameters(`${source}/${PRETRAINED_PARAMETERS}`);
  const { coef: weight, intercept: bias } = classifier;
  await writeParameters(
    `${step.output}/${BEST_PARAMETERS}`,
    withHead(pretrained, findArchitecture(manifest.architecture), { weight, bias }),
  );
  await modelFile.write(step.output, trained);
  await historyFile.write(step.output, history);
  await curvesFile.write(step.output, learningCurves(history));
  await probeFile.write(step.output, {
    C,
    curve,
    folds: recipe.folds,
    steps: classifier.nIter,
    converged: classifier.converged,
    accuracy: outOfFold.accuracy,
    networks: await comparedNetworks(source),
    learningCurve: learningCurve(photos.train, { ...folds, C }),
  });
  step.result({ bestAccuracy: accuracy, C, seconds });
}

/** What `choose_backbone` left beside the weights; undefined where networks were not compared. */
async function comparedNetworks(folder: string) {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return names.includes(choiceFile.name) ? await choiceFile.read(folder) : undefined;
}

/** Says which classes are rare, and what was made of that. */
function describeBalance(photos: LabelledFeatures, balance: "loss" | "sample"): string {
  const counts = photosByClass(photos);
  const of = (count: number) => `${photos.classes[counts.indexOf(count)]} ${count}`;
  const how = balance === "loss" ? "by weight" : "by drawing their photos more often";
  return `of ${of(Math.max(...counts))} photos to train on, of ${of(Math.min(...counts))}: rare ` +
    `classes count as much as frequent ones, ${how} (--balance ${balance}); probabilities are ` +
    "corrected to their true shares";
}

/** Mean cross-entropy and accuracy, as a training phase is told. */
function scoreOf(classifier: LinearClassifier, { features, labels, classes }: LabelledFeatures) {
  const logits = decisionFunction(classifier, features);
  const losses = photoLosses(logits, labels, classes.length);
  return {
    loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    accuracy: accuracyScore(logits, labels, classes.length),
  };
}
