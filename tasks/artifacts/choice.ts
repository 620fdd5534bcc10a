import * as v from "valibot";
import type { ChosenBackbone } from "../../training/probe/choose_backbone.ts";
import { jsonArtifact } from "./json_artifact.ts";

export interface Choice extends ChosenBackbone {
  /** Photos that were asked about. */
  photos: number;
  folds: number;
  /** Networks that were to be compared and could not be had. */
  unreached: string[];
}

const choice: v.GenericSchema<unknown, Choice> = v.object({
  chosen: v.string(),
  scores: v.array(v.object({
    name: v.string(),
    C: v.number(),
    logLoss: v.number(),
    accuracy: v.number(),
  })),
  comparisons: v.array(v.object({
    name: v.string(),
    logLossDifference: v.number(),
    logLossPValue: v.number(),
    onlyChosenRight: v.number(),
    onlyOtherRight: v.number(),
    accuracyPValue: v.number(),
  })),
  photos: v.number(),
  folds: v.number(),
  unreached: v.array(v.string()),
});

/** Which network was chosen, and by what. */
export const choiceFile = jsonArtifact("choice.json", "choose_backbone", choice);
