import { MANIFEST_SCHEMA, type ModelManifest } from "../models/manifest.ts";
import { findArchitecture } from "../models/registry.ts";

/** What a file of weights is known by that says nothing of itself. */
export function manifestOf(
  { file, architecture, classes }: { file: string; architecture: string; classes: string[] },
): ModelManifest {
  const { preprocessing } = findArchitecture(architecture);
  return {
    schema: MANIFEST_SCHEMA,
    architecture,
    classes,
    preprocessing,
    pretrained: { origin: file, sha256: "", licence: "unknown" },
  };
}
