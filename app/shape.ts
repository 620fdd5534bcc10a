/** What flags decide of the graph, before anything is looked at. */
import { BRANCHES } from "../models/manifest.ts";
import type { Shape } from "../tasks/pipeline.ts";
import type { TrainingFlags } from "./commands/flags.ts";
import { comparedNetworks } from "./networks.ts";

export function shapeOf(flags: TrainingFlags): Shape {
  const best = flags.recipe === "best";
  const networks = best ? comparedNetworks(flags) : [];
  return {
    best,
    branches: flags.branch === "both" ? BRANCHES : [flags.branch],
    backbones: networks.length > 1 ? networks : [],
  };
}

/** Several networks are compared by `--recipe best`; all other lists are axes of a sweep. */
export const isOneSetting = (name: string, flags: TrainingFlags): boolean =>
  name === "model" && flags.recipe === "best";
