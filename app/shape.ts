/** What flags decide of the graph, before anything is looked at. */
import { BRANCHES } from "../models/manifest.ts";
import type { Shape } from "../tasks/pipeline.ts";
import type { TrainingFlags } from "./commands/flags.ts";

export function shapeOf({ recipe, branch }: TrainingFlags): Shape {
  return { best: recipe === "best", branches: branch === "both" ? BRANCHES : [branch] };
}
