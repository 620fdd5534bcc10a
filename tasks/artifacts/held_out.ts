import * as v from "valibot";
import { jsonArtifact, real } from "./json_artifact.ts";

const heldOut = v.object({
  /**
   * What a model, all of whose choices were made without these photos, says of them. None where there
   * are photos to test by.
   */
  photos: v.array(v.object({
    /** Position among those that were looked at. */
    index: v.number(),
    label: v.number(),
    /** Photos that belong together have the same one; absent where nobody said so. */
    group: v.optional(v.string()),
    logits: v.array(real),
  })),
  /** Which network and penalty those choices came to. */
  chosen: v.optional(v.object({ network: v.string(), C: v.number() })),
  /** Why there are none: photos are too few to leave some out and choose by the others. */
  refused: v.optional(v.string()),
});

/** Answers of one part of a nested cross-validation. */
export const heldOutFile = jsonArtifact("held_out.json", "cross_validate", heldOut);
