import * as v from "valibot";
import { BRANCHES } from "../../models/manifest.ts";
import { adviceList } from "./advice.ts";
import { byClass, jsonArtifact, real } from "./json_artifact.ts";

const share = {
  accuracy: v.number(),
  correct: v.number(),
  total: v.number(),
  /** Wilson's 95% interval of the accuracy. */
  interval: v.strictTuple([v.number(), v.number()]),
};
/** Null where it is a share of no photos; absent in what earlier versions wrote. */
const figure = v.optional(v.nullable(v.number()));

const score = {
  ...share,
  per_class: byClass(v.object({
    ...share,
    precision: figure,
    recall: figure,
    f1: figure,
    support: v.optional(v.number()),
  })),
  /** confusion[actual][predicted], in the order of the classes. */
  confusion: v.array(v.array(v.number())),
  macro_f1: figure,
  balanced_accuracy: figure,
};

const around = v.object({ before: real, after: real });

const answered = { answered: v.number(), correct: v.number() };

export const branchScore = v.object({
  ...score,
  calibration: v.object({ temperature: real, ece: around, nll: around }),
  /** The distance from all val photos beyond which a photo is of none of the classes. */
  unlike_beyond: v.nullable(v.number()),
  /** What it costs to be right more often; null for fewer than 100 val photos. */
  abstention: v.optional(v.nullable(v.object({
    total: v.number(),
    thresholds: v.array(v.object({ probability: real, ...answered })),
    test: v.optional(v.object({ total: v.number(), thresholds: v.array(v.object(answered)) })),
  }))),
  /** On photos by which nothing was chosen, where some were kept for that. */
  test: v.optional(v.object(score)),
  /** Else: on all photos, each asked of a model that had not seen it. */
  cross_validated: v.optional(v.object(score)),
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
  /** What to do next; absent in what earlier versions wrote. */
  advice: v.optional(adviceList),
});

export type Metrics = v.InferOutput<typeof metrics>;

/** How good the branches that were trained are on the val photos. */
export const metricsFile = jsonArtifact("metrics.json", "evaluate", metrics);
