import * as v from "valibot";
import { jsonArtifact } from "./json_artifact.ts";

/**
 * Whether there are photos to test by: all that steps before `evaluate` may know of them, since it
 * stays as it is when they change.
 */
export const testPartFile = jsonArtifact(
  "test.json",
  "build_test",
  v.object({ hasPhotos: v.boolean() }),
);
