import * as v from "valibot";
import { DATASET_FILES, type Quarantined } from "../../data/dataset_index.ts";
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

const quarantined: v.GenericSchema<unknown, Quarantined[]> = v.array(
  v.object({ path: v.string(), reason: v.string() }),
);

/** Files that were left out of the data set; `data/build_dataset.ts` writes it. */
export const quarantineFile = jsonArtifact(DATASET_FILES.quarantine, "build_datasets", quarantined);
