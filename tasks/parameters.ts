/** What each step is told, checked before anything runs and part of its key. */
import * as v from "valibot";
import { finetuneRecipe, FITS, probeRecipe, stepLrRecipe } from "../models/manifest.ts";
import { LEAST_SIZE, MOST_SIZE } from "../models/sizes.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const seed = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1));

const computeEntries = {
  backend: v.picklist(["webgpu", "wasm"]),
  /** The adapter, or the CPU's threads, in words. */
  device: v.string(),
  threads: v.optional(v.pipe(count, v.maxValue(256))),
  /** A folder where a GPU's fastest kernels are remembered. */
  tuning: v.optional(v.string()),
};

/** Which backend computes. */
export const compute = v.object(computeEntries);

/** Results depend on neither threads nor tuning, and the device's class enters a key itself. */
export const COMPUTE_NOT_IN_KEY = ["threads", "device", "tuning"] as const;

/** Where what is downloaded stays for the next time, even half of it; no result depends on it. */
const downloads = v.string();

/** The most bytes of a file that is downloaded; a file that comes is no other for it. */
const maxDownload = v.optional(v.pipe(v.number(), v.minValue(1)));

/** Where downloads go and how large they may be decides whether a step gets them, not what they are. */
export const DOWNLOADS_NOT_IN_KEY = ["downloads", "maxDownload"] as const;

export const downloadData = v.object({
  downloads,
  maxDownload,
  /** auto, hymenoptera, a folder, a zip, a URL (with its secrets) or pypi:NAME; paths absolute. */
  data: v.string(),
  /** Of the split into train and val, where the source has none. */
  seed,
  /** 3: besides train and val there is test, where the source has one or photos enough. */
  parts: v.optional(v.picklist([2, 3])),
  /** Which photos belong together: folder, regex:PATTERN or exif-time[:SECONDS]. */
  group: v.optional(v.string()),
  /** What a review made of the photos: the class that each goes to, none where it is set aside. */
  review: v.optional(v.array(v.object({
    photo: v.string(),
    class: v.optional(v.string()),
    sha256: v.optional(v.string()),
  }))),
});

export const convertWeights = v.object({
  downloads,
  maxDownload,
  /** auto or a registered architecture. */
  model: v.string(),
  /** A file of weights instead of the registry's; an absolute path. */
  weights: v.optional(v.string()),
  /** How photos become the network's squares; crop where it is left out. */
  fit: v.optional(v.picklist(FITS)),
  /** Side of these; the network's own where it is left out. */
  size: v.optional(v.pipe(count, v.minValue(LEAST_SIZE), v.maxValue(MOST_SIZE))),
});

export const buildDatasets = v.object({
  /** The longest shorter side that is kept of one's own photos; all pixels where it is left out. */
  shortSide: v.optional(count),
  /** Whether near duplicates are found, which stay in one part when photos are divided. */
  alike: v.optional(v.literal(true)),
});

export const train = v.object({
  ...computeEntries,
  seed,
  recipe: v.variant("kind", [stepLrRecipe, finetuneRecipe]),
  /** Seconds that finetuning may take: it does as many of the recipe's epochs as fit, one at least. */
  timeBudget: v.optional(v.pipe(v.number(), v.gtValue(0))),
  /** Whether finetuning finds its rate itself; the recipe's is taken where none shows. */
  findRate: v.optional(v.literal(true)),
});

export const trainProbe = v.object({
  /** What computed the features, in words. */
  device: v.string(),
  /** Of the division into folds. */
  seed,
  recipe: probeRecipe,
});

/** Which photos to train on a network is compared by, where there are many. */
const sample = v.object({ photos: count, seed });

export const computeFeatures = v.object({
  ...computeEntries,
  /** Only so many of the photos to train on, each class in proportion, and none of val. */
  sample: v.optional(sample),
});

export const findIssues = v.object({
  ...computeEntries,
  /** Of the division into folds. */
  seed,
  recipe: probeRecipe,
});

export const crossValidate = v.object({
  /** The part that is asked about, from 0. */
  fold: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Networks that are chosen among; none where there is but one. */
  backbones: v.array(v.string()),
  sample,
  /** Of the division into folds. */
  seed,
  recipe: probeRecipe,
});

export const chooseBackbone = v.object({
  /** Names of the networks, those too that cannot be had. */
  backbones: v.pipe(v.array(v.string()), v.minLength(2)),
  /** Of the division into folds. */
  seed,
  recipe: probeRecipe,
});

export const sweep = v.object({
  settings: v.array(v.object({
    /** Flags and values that tell it from the others. */
    labels: v.record(v.string(), v.string()),
    /** The step that evaluated it. */
    evaluation: v.string(),
  })),
});

export type DownloadDataParameters = v.InferOutput<typeof downloadData>;
export type ConvertWeightsParameters = v.InferOutput<typeof convertWeights>;
export type BuildDatasetsParameters = v.InferOutput<typeof buildDatasets>;
export type TrainParameters = v.InferOutput<typeof train>;
export type TrainProbeParameters = v.InferOutput<typeof trainProbe>;
export type ComputeFeaturesParameters = v.InferOutput<typeof computeFeatures>;
export type FindIssuesParameters = v.InferOutput<typeof findIssues>;
export type ChooseBackboneParameters = v.InferOutput<typeof chooseBackbone>;
export type CrossValidateParameters = v.InferOutput<typeof crossValidate>;
export type SweepParameters = v.InferOutput<typeof sweep>;
export type ComputeParameters = v.InferOutput<typeof compute>;
