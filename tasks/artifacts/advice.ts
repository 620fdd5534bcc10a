import * as v from "valibot";
import type { Advice } from "../../training/advice_pieces.ts";
import { real } from "./json_artifact.ts";

const ofClass = { name: v.string(), photos: v.number() };
const remedied = { title: v.string(), remedy: v.string() };
const curve = {
  curve: v.array(v.object({ trainSize: v.number(), accuracy: v.number() })),
  expected: real,
};

/** What to do next, with the figures that it rests on. */
export const adviceList: v.GenericSchema<unknown, Advice[]> = v.array(v.variant("kind", [
  v.object({ kind: v.literal("repair"), ...remedied }),
  v.object({
    kind: v.literal("weak_classes"),
    classes: v.array(v.object({ ...ofClass, correct: v.number(), total: v.number() })),
  }),
  v.object({ kind: v.literal("labels"), files: v.array(v.string()) }),
  v.object({ kind: v.picklist(["more_photos", "enough_photos"]), ...curve }),
  v.object({ kind: v.literal("imbalance"), most: v.object(ofClass), least: v.object(ofClass) }),
  v.object({
    kind: v.literal("confusion"),
    actual: v.string(),
    predicted: v.string(),
    count: v.number(),
  }),
  v.object({ kind: v.literal("crops"), ...remedied }),
  v.object({ kind: v.literal("backbone"), architecture: v.string() }),
  v.object({
    kind: v.literal("measure"),
    total: v.number(),
    interval: v.tuple([v.number(), v.number()]),
  }),
  v.object({ kind: v.literal("background") }),
  v.object({ kind: v.literal("doubts") }),
]));
