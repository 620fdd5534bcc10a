import * as v from "valibot";
import type { RgbImage } from "../../data/image.ts";
import { SEVERITIES } from "../../data/doctor/finding.ts";
import { BRANCHES, FITS } from "../../models/manifest.ts";
import type { ReportFacts } from "../../report/facts.ts";
import { encodePng } from "../../report/png.ts";
import { adviceList } from "./advice.ts";
import { curves } from "./history.ts";
import { byClass, jsonArtifact, real } from "./json_artifact.ts";
import { branchScore, comparison } from "./metrics.ts";

/** Photos are files: their names, relative to the step's folder. */
type Facts = ReportFacts<string>;

/** Of heat; a model that diverged looked at nothing. */
const warmth = v.pipe(v.nullable(v.number()), v.transform((value) => value ?? 0));

/** Names of files that `evaluate` gives, and no way out of its folder. */
const photo = v.pipe(v.string(), v.regex(/^shown\/\w+\.png$/));

const branch = v.object({
  ...v.omit(branchScore, ["unlike_beyond"]).entries,
  calibration: v.omit(branchScore.entries.calibration, ["nll"]),
  curves,
});

const count = byClass(v.number());
const size = v.object({ width: v.number(), height: v.number() });
const data = v.object({
  origin: v.string(),
  sha256: v.string(),
  licence: v.optional(v.string()),
  note: v.optional(v.string()),
  counts: v.object({ train: count, val: count, test: v.optional(count) }),
  smallest: size,
  largest: size,
  exifOrientation: v.boolean(),
  leftOut: v.array(v.object({ path: v.string(), reason: v.string() })),
  findings: v.array(v.object({
    severity: v.picklist(SEVERITIES),
    title: v.string(),
    remedy: v.string(),
    files: v.array(v.string()),
  })),
});

const likely = { label: v.string(), probability: real };
const shown = {
  path: v.string(),
  image: photo,
  actual: v.string(),
  predicted: v.string(),
  probability: real,
  second: v.object(likely),
};
const heat = v.object({ ...size.entries, values: v.array(warmth) });

const facts: v.GenericSchema<unknown, Facts> = v.object({
  classes: v.array(v.string()),
  data,
  model: v.object({
    architecture: v.string(),
    pretrained: v.object({
      origin: v.string(),
      sha256: v.string(),
      licence: v.string(),
      note: v.optional(v.string()),
    }),
    preprocessing: v.object({
      resize: v.number(),
      size: v.number(),
      // Absent from facts of earlier versions, which knew one way alone.
      fit: v.optional(v.picklist(FITS)),
      interpolation: v.optional(v.picklist(["bilinear", "bicubic"])),
      mean: v.optional(v.pipe(v.array(v.number()), v.readonly())),
    }),
  }),
  branches: v.object({ finetune: v.optional(branch), frozen: v.optional(branch) }),
  comparison: v.optional(v.omit(comparison, ["summary"])),
  shown: v.picklist(BRANCHES),
  batch: v.array(v.object({ image: photo, title: v.string() })),
  worst: v.array(v.object(shown)),
  leastSure: v.array(v.object(shown)),
  explained: v.array(v.object({ ...shown, heat })),
  advice: v.optional(adviceList),
  settings: v.array(v.strictTuple([v.string(), v.string()])),
});

/** What the report tells of an evaluation; it is drawn from these when the run is over. */
export const factsFile = jsonArtifact("facts.json", "evaluate", facts);

/** Writes facts into a step's folder, and beside them each photo, pixel for pixel. */
export async function writeFacts(folder: string, facts: ReportFacts<RgbImage>): Promise<void> {
  await Deno.mkdir(`${folder}/shown`);
  const named = await mapPhotos(facts, async (photo, name) => {
    const path = `shown/${name}.png`;
    await Deno.writeFile(`${folder}/${path}`, encodePng(photo));
    return path;
  });
  await factsFile.write(folder, named);
}

/** The facts with something else in place of each photo; `name` tells it from all others. */
export async function mapPhotos<From, To>(
  facts: ReportFacts<From>,
  change: (photo: From, name: string) => Promise<To>,
): Promise<ReportFacts<To>> {
  const changed = <T extends { image: From }>(shown: readonly T[], name: string) =>
    Promise.all(shown.map(async (photo, i) => ({
      ...photo,
      image: await change(photo.image, `${name}_${i + 1}`),
    })));
  return {
    ...facts,
    batch: await changed(facts.batch, "batch"),
    worst: await changed(facts.worst, "worst"),
    leastSure: await changed(facts.leastSure, "least_sure"),
    explained: await changed(facts.explained, "explained"),
  };
}
