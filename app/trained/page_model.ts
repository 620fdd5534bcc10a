import type { PageModel } from "../page/page_files.ts";
import type { FinishedModel } from "./finished_model.ts";

/** A finished model as the page takes it. */
export function pageModelOf(finished: FinishedModel): PageModel {
  const { description, parameters, facts, postprocessing: { outOfDistribution } } = finished;
  return {
    description,
    parameters,
    accuracy: facts.score,
    origin: facts.origin,
    outOfDistribution,
  };
}
