/** What flags decide of the graph, before anything is looked at. */
import { parseSource } from "../data/sources/spec.ts";
import { BRANCHES } from "../models/manifest.ts";
import type { Shape } from "../tasks/pipeline.ts";
import { PROBE } from "../training/recipes.ts";
import type { TrainingFlags } from "./commands/flags.ts";
import { comparedNetworks } from "./networks.ts";

export function shapeOf(flags: TrainingFlags): Shape {
  const best = isBest(flags);
  const networks = best ? comparedNetworks(flags) : [];
  return {
    best,
    branches: flags.branch === "both" ? BRANCHES : [flags.branch],
    backbones: networks.length > 1 ? networks : [],
    folds: best ? flags.folds ?? PROBE.folds : 0,
  };
}

/** Several networks are compared by `--recipe best`; all other lists are axes of a sweep. */
export const isOneSetting = (name: string, flags: TrainingFlags): boolean =>
  name === "model" && isBest(flags);

/** `auto` is the tutorial's way for the tutorial's photos, and for one's own the best there is. */
const isBest = ({ recipe, data = "auto" }: TrainingFlags): boolean =>
  recipe === "best" || recipe === "auto" && isOwn(data);

function isOwn(data: string): boolean {
  try {
    return !["auto", "hymenoptera"].includes(parseSource(data).kind);
  } catch {
    return false; // it is no source at all, which is told where the flag is resolved
  }
}
