import * as v from "valibot";
import { PARTS } from "../../data/dataset_index.ts";
import { jsonArtifact } from "./json_artifact.ts";

const position = v.number();

const issues = v.object({
  schema: v.literal(1),
  /** The network by whose features photos were judged. */
  model: v.string(),
  classes: v.array(v.string()),
  photos: v.array(v.object({
    /** Below the folder of photos of `download_data`. */
    path: v.string(),
    part: v.picklist(PARTS),
    label: v.number(),
    /** The class that is likeliest by a head which did not see the photo, and how likely; or none. */
    predicted: v.optional(v.number()),
    probability: v.optional(v.number()),
    /** How likely its own class is. */
    given: v.optional(v.number()),
  })),
  /** Positions of photos whose label is probably wrong, the worst first. */
  label_issues: v.array(position),
  /** Of others that the head is sure are of another class, the surest first. */
  surely_other: v.array(position),
  /** Of photos that are unlike all others, the farthest first. */
  outliers: v.array(position),
  /** Why no head could judge. */
  refused: v.optional(v.string()),
});

export type Issues = v.InferOutput<typeof issues>;

/** What a head that did not see a photo says of it and its label. */
export const issuesFile = jsonArtifact("issues.json", "review", issues);
