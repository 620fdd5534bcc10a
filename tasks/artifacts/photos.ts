import * as v from "valibot";
import { jsonArtifact } from "./json_artifact.ts";

/** Photos that belong together have the same name here, by their paths; absent where nobody said so. */
const groups = v.optional(v.record(v.string(), v.string()));

/**
 * What is to be known of the photos to train and to choose by. It tells nothing of those to test by:
 * whatever reads this and no more of what `download_data` left stays as it is when they change.
 */
export const photosFile = jsonArtifact(
  "photos.json",
  "download_data",
  v.object({
    /** Whether they are turned upright by their EXIF data. */
    exif_orientation: v.boolean(),
    groups,
  }),
);

/** Likewise of those to test by; it is there where something is to be known of them. */
export const testPhotosFile = jsonArtifact("test.json", "download_data", v.object({ groups }));
