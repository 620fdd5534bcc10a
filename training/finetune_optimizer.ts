/** The optimiser of a recipe of finetuning. */
import type { FinetuneRecipe } from "../models/manifest.ts";
import type { Model } from "../models/model.ts";
import { parameterSpecs } from "../models/parameter_specs.ts";
import type { NamedTensor } from "../weights/parameter.ts";
import { AdamW } from "./adam_w.ts";
import { DecayedSgd } from "./decayed_sgd.ts";
import { layerRates, weightDecays } from "./layer_rates.ts";
import type { Optimizer } from "./optimizer.ts";

/** As torch's AdamW has them where none are given; the first beta is the recipe's momentum. */
const BETA2 = 0.999, EPSILON = 1e-8;

/** @param from what an earlier one's `snapshot` gave, to go on with */
export function finetuneOptimizer(
  model: Model,
  { optimizer, momentum, weightDecay, earliestRate, clipNorm }: FinetuneRecipe,
  from?: readonly NamedTensor[],
): Optimizer {
  const learned = parameterSpecs(model.architecture, model.classes)
    .filter(({ trainable }) => trainable);
  const parameters = model.trainable("all");
  const settings = {
    rates: layerRates(learned, earliestRate),
    decays: weightDecays(learned, weightDecay),
  };
  if (optimizer === "sgd") {
    return new DecayedSgd(parameters, { ...settings, momentum }, clipNorm, from);
  }
  const adamW = { ...settings, beta1: momentum, beta2: BETA2, epsilon: EPSILON };
  return new AdamW(parameters, adamW, clipNorm, from);
}
