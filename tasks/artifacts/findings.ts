import * as v from "valibot";
import { type Finding, FINDING_KINDS, SEVERITIES } from "../../data/doctor/finding.ts";
import { jsonArtifact } from "./json_artifact.ts";

const finding: v.GenericSchema<unknown, Finding> = v.object({
  kind: v.picklist(FINDING_KINDS),
  severity: v.picklist(SEVERITIES),
  title: v.string(),
  remedy: v.string(),
  files: v.array(v.string()),
  groups: v.optional(v.array(v.array(v.string()))),
});

/** What the data doctor found in the photos, the worst first. */
export const findingsFile = jsonArtifact(
  "findings.json",
  "build_datasets",
  v.object({ schema: v.literal(1), findings: v.array(finding) }),
);
