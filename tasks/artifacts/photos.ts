import * as v from "valibot";
import { jsonArtifact } from "./json_artifact.ts";

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
  }),
);
