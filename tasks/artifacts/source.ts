import * as v from "valibot";
import type { SourceInfo } from "../../data/sources/source_info.ts";
import { byClass, jsonArtifact } from "./json_artifact.ts";

const counts = byClass(v.number());

const source: v.GenericSchema<unknown, SourceInfo> = v.object({
  kind: v.picklist(["hymenoptera", "folder", "zip", "tar", "url", "pypi"]),
  origin: v.string(),
  sha256: v.string(),
  licence: v.optional(v.string()),
  note: v.optional(v.string()),
  counts: v.object({ train: counts, val: counts, test: v.optional(counts) }),
});

/** Where the photos are from. */
export const sourceFile = jsonArtifact("source.json", "download_data", source);
