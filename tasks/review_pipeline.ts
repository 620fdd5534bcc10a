/** The steps by which a review finds what is wrong with photos: those of `--recipe best`, and one more. */
import { defineStep } from "../pipeline/declaration.ts";
import { definePipeline, type Pipeline, selectSteps } from "../pipeline/graph.ts";
import * as schema from "./parameters.ts";

/** The step that judges labels. */
export const ISSUES_STEP = "find_issues";

/** @param pipeline that of `--recipe best` with a single network */
export function reviewPipeline(pipeline: Pipeline): Pipeline {
  const steps = selectSteps(pipeline, ["compute_features", "build_test"]);
  const features = steps.find(({ name }) => name === "compute_features")!;
  const { preload, denoArguments, device, notInKey, permissions, resources, itemCache } = features;
  return definePipeline([
    ...steps.filter((step) => step !== features),
    defineStep({
      name: ISSUES_STEP,
      module: new URL("./find_issues.ts", import.meta.url),
      parameters: schema.findIssues,
      inputs: ["convert_weights", "build_datasets", "build_test"],
      outputs: ["issues.json"],
      ...{ preload, denoArguments, device, notInKey, permissions, resources, itemCache },
    }),
  ], pipeline.name);
}
