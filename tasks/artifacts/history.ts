import * as v from "valibot";
import type { History, LearningCurves, RateTest } from "../../training/history.ts";
import { jsonArtifact, real } from "./json_artifact.ts";

const phase = { loss: real, accuracy: real };
const timed = v.object({ ...phase, seconds: v.number() });
const epoch = { epoch: v.number(), lr: v.number() };
const best = v.object({ epoch: v.number(), accuracy: v.number() });

/** What a training run came to, epoch by epoch. */
export const history: v.GenericSchema<unknown, History> = v.object({
  start: v.optional(timed),
  epochs: v.array(v.object({ ...epoch, train: timed, val: timed })),
  best,
});

const point = v.object({ loss: v.nullable(v.number()), accuracy: v.nullable(v.number()) });

export const rateTest: v.GenericSchema<unknown, RateTest> = v.object({
  rates: v.array(v.number()),
  losses: v.array(v.number()),
  suggested: v.nullable(v.number()),
});

export const curves: v.GenericSchema<unknown, LearningCurves> = v.object({
  rateTest: v.optional(rateTest),
  start: v.optional(point),
  epochs: v.array(v.object({ ...epoch, train: point, val: point })),
  best,
});

export const historyFile = jsonArtifact("history.json", "pipeline", history);
/** As the history, without what differs from run to run of the same settings. */
export const curvesFile = jsonArtifact("curves.json", "pipeline", curves);
