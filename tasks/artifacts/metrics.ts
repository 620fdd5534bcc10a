import * as v from "valibot";
import { BRANCHES } from "../../models/manifest.ts";
import { byClass, jsonArtifact, real } from "./json_artifact.ts";

const share = {
  accuracy: v.number(),
  correct: v.number(),
  total: v.number(),
  /** Wilson's 95% interval of the accuracy. */
  interval: v.strictTuple([v.number(), v.number()]),
};
const around = v.object({ before: real, after: real });

export const branchScore = v.object({
  ...share,
  per_class: byClass(v.object(share)),
  /** confusion[actual][predicted], in the order of the classes. */
  confusion: v.array(v.array(v.number())),
  calibration: v.object({ temperature: real, ece: around, nll: around }),
  /** The distance from all val photos beyond which a photo is of none of the classes. */
  unlike_beyond: v.nullable(v.number()),
});

export const comparison = v.object({
  better: v.picklist([...BRANCHES, "equal"]),
  /** Val photos that one branch got right and the other wrong. */
  only_finetune_right: v.number(),
  only_frozen_right: v.number(),
  /** McNemar's exact two-sided p value. */
  p_value: v.number(),
  summary: v.string(),
});

const metrics = v.object({
  branches: v.object({ finetune: v.optional(branchScore), frozen: v.optional(branchScore) }),
  /** Absent where one branch alone was trained. */
  comparison: v.optional(comparison),
});

/** How good the branches that were trained are on the val photos. */
export const metricsFile = jsonArtifact("metrics.json", "evaluate", metrics);
