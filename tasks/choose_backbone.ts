/** Step: which network's features tell the classes apart best; it leaves what `convert_weights` leaves. */
import { openDataset } from "../data/dataset.ts";
import { counted, percent } from "../data/statistics/percent.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import {
  answersOf,
  type BackboneAnswers,
  chooseBackbone,
} from "../training/probe/choose_backbone.ts";
import { type Choice, choiceFile } from "./artifacts/choice.ts";
import { readFeatures } from "./artifacts/features.ts";
import { modelFile, PRETRAINED_PARAMETERS } from "./artifacts/model.ts";
import type { ChooseBackboneParameters } from "./parameters.ts";

if (import.meta.main) await runStep<ChooseBackboneParameters>(choose);

async function choose(step: StepContext<ChooseBackboneParameters>): Promise<void> {
  const { backbones, recipe, seed } = step.parameters;
  const dataset = await openDataset(step.inputs.build_datasets);
  const folds = { nSplits: recipe.folds, seed };
  const answers: BackboneAnswers[] = [];
  // One after the other: the features of all together may be more than memory holds.
  for (const name of backbones) {
    const features = step.inputs[`compute_features_${name}`];
    if (features === undefined) continue;
    const train = await readFeatures(features, "train", dataset);
    step.progress({
      done: answers.length,
      total: backbones.length,
      unit: "networks",
      message: name,
    });
    answers.push(answersOf(name, train, { ...folds, Cs: recipe.penalties }));
  }
  const unreached = backbones.filter((name) => !answers.some((answer) => answer.name === name));
  if (answers.length === 0) {
    throw new Error(
      `none of ${unreached.join(", ")} could be had, each for what is said of it above: choose ` +
        "another network with --model, or put its file into a folder and set GRAFT_MIRROR to it",
    );
  }
  const choice: Choice = {
    ...chooseBackbone(answers, { seed }),
    photos: answers[0].right.length,
    folds: recipe.folds,
    unreached,
  };
  const source = step.inputs[`convert_weights_${choice.chosen}`];
  for (const name of [PRETRAINED_PARAMETERS, modelFile.name]) {
    await Deno.copyFile(`${source}/${name}`, `${step.output}/${name}`);
  }
  await choiceFile.write(step.output, choice);
  for (const line of describeChoice(choice)) step.log(line);
  step.result({ model: choice.chosen, scores: choice.scores, unreached });
}

function describeChoice({ scores, comparisons, photos, folds, unreached }: Choice): string[] {
  const [first, ...others] = scores;
  const score = ({ logLoss, accuracy }: Choice["scores"][0]) =>
    `log loss ${logLoss.toFixed(4)}, ${percent(accuracy)} right`;
  const lines = [
    `${first.name} won: ${score(first)} of ${counted(photos, "photo")} in cross-validation ` +
    `(${counted(folds, "part")})`,
    ...others.map((other, i) => {
      const { logLossPValue: p } = comparisons[i];
      return `${other.name}: ${score(other)}; ` +
        (p < 0.05
          ? `worse by more than chance explains (sign-flip test, p = ${p.toPrecision(2)})`
          : `chance alone explains the difference (sign-flip test, p = ${p.toPrecision(2)})`);
    }),
  ];
  if (unreached.length > 0) {
    lines.push(`not compared, since it could not be had: ${unreached.join(", ")}`);
  }
  return lines;
}
