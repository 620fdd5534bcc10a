import * as v from "valibot";
import { jsonArtifact, real } from "./json_artifact.ts";

const answer = v.object({ label: v.string(), probability: real });

/** What each branch said of each val photo. */
export const predictionsFile = jsonArtifact(
  "predictions.json",
  "evaluate",
  v.array(v.object({
    /** Relative to the folder of photos. */
    path: v.string(),
    label: v.string(),
    finetune: v.optional(answer),
    frozen: v.optional(answer),
  })),
);
