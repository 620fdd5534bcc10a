import * as v from "valibot";
import { jsonArtifact } from "./json_artifact.ts";

const share = {
  accuracy: v.number(),
  correct: v.number(),
  total: v.number(),
  /** Wilson's 95% interval of the accuracy. */
  interval: v.strictTuple([v.number(), v.number()]),
};
const around = v.object({ before: v.number(), after: v.number() });

const branch = v.object({
  ...share,
  per_class: v.record(v.string(), v.object(share)),
  /** confusion[actual][predicted], in the order of the classes. */
  confusion: v.array(v.array(v.number())),
  calibration: v.object({ temperature: v.number(), ece: around, nll: around }),
  /** The distance from all val photos beyond which a photo is of none of the classes. */
  unlike_beyond: v.nullable(v.number()),
});

const metrics = v.object({
  branches: v.object({ finetune: branch, frozen: branch }),
  comparison: v.object({
    better: v.picklist(["finetune", "frozen", "equal"]),
    /** Val photos that one branch got right and the other wrong. */
    only_finetune_right: v.number(),
    only_frozen_right: v.number(),
    /** McNemar's exact two-sided p value. */
    p_value: v.number(),
    summary: v.string(),
  }),
});
export type Metrics = v.InferOutput<typeof metrics>;

/** How good both branches are on the val photos. */
export const metricsFile = jsonArtifact("metrics.json", "evaluate", metrics);
