import * as v from "valibot";
import { jsonArtifact } from "./json_artifact.ts";

const probe = v.object({
  /** The inverse of the penalty that was chosen. */
  C: v.number(),
  /** Log loss of photos that a fit did not see, for each C that was tried. */
  curve: v.array(v.object({ C: v.number(), logLoss: v.number() })),
  folds: v.number(),
  /** Of the fit to all photos: steps of L-BFGS, and whether they were enough. */
  steps: v.number(),
  converged: v.boolean(),
  /** Of the photos to train on, by fits that did not see them. */
  accuracy: v.number(),
  /** The networks that were compared, the chosen one first, and those that could not be had. */
  networks: v.optional(v.object({
    scores: v.array(v.object({ name: v.string(), logLoss: v.number(), accuracy: v.number() })),
    unreached: v.array(v.string()),
  })),
  /** What fewer photos would have come to; of all, as many as the folds leave. */
  learningCurve: v.array(
    v.object({ share: v.number(), trainSize: v.number(), accuracy: v.number() }),
  ),
});

export type Probe = v.InferOutput<typeof probe>;

/** How a head was fitted to features of the frozen network. */
export const probeFile = jsonArtifact("probe.json", "train_frozen", probe);
