/** `model.json`: what goes with a safetensors file of parameters, so that it can be used alone. */
import * as v from "valibot";

/**
 * Which parameters learn: all of them, or the head's alone on a frozen feature extractor. In both,
 * batch norm runs in training mode, as `model.train()` leaves it in the PyTorch tutorial.
 */
export const BRANCHES = ["finetune", "frozen"] as const;
export type Branch = typeof BRANCHES[number];

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const triple = v.strictTuple([v.number(), v.number(), v.number()]);
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));

/** All that decides how training goes, but for its seed. */
export const recipe = v.object({
  epochs: count,
  batchSize: count,
  lr: v.pipe(v.number(), v.gtValue(0)),
  momentum: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  /** StepLR: every `stepSize` epochs, lr is multiplied by `gamma`. */
  stepSize: count,
  gamma: v.pipe(v.number(), v.gtValue(0)),
});
export type Recipe = v.InferOutput<typeof recipe>;

/** Raised when the meaning of the file changes. */
export const MANIFEST_SCHEMA = 2;

const common = {
  /** Name in the registry of architectures. */
  architecture: v.string(),
  /** Labels in the order of the logits; ImageNet's 1000 are only counted. */
  classes: v.union([v.pipe(v.array(v.string()), v.readonly()), count]),
  preprocessing: v.object({
    resize: side,
    size: side,
    mean: triple,
    std: triple,
    /** Bilinear where it is left out, as by all models of earlier versions. */
    interpolation: v.optional(v.picklist(["bilinear", "bicubic"])),
  }),
  /** The pretrained weights all of it started from. */
  pretrained: v.object({
    origin: v.string(),
    sha256: v.string(),
    licence: v.string(),
    note: v.optional(v.string()),
  }),
};

const outcome = {
  branch: v.picklist(BRANCHES),
  seed: v.number(),
  /** Counts from 0. */
  bestEpoch: v.number(),
  valAccuracy: v.number(),
  device: v.string(),
};

const current = v.object({
  schema: v.literal(MANIFEST_SCHEMA),
  ...common,
  /** How it was trained, if it was. */
  training: v.optional(v.object({ ...outcome, recipe })),
});
export type ModelManifest = v.InferOutput<typeof current>;

/** Version 1 left out what was the same for every recipe of its time. */
const earlier = v.pipe(
  v.object({
    schema: v.literal(1),
    ...common,
    training: v.optional(v.object({ ...outcome, epochs: count, batchSize: count, lr: v.number() })),
  }),
  v.transform(({ training, ...rest }): ModelManifest => {
    if (!training) return { ...rest, schema: MANIFEST_SCHEMA };
    const { epochs, batchSize, lr, ...known } = training;
    const recipe = { epochs, batchSize, lr, momentum: 0.9, stepSize: 7, gamma: 0.1 };
    return { ...rest, schema: MANIFEST_SCHEMA, training: { ...known, recipe } };
  }),
);

/** Reads manifests of this version and of earlier ones; what it gives is always of this version. */
export const modelManifest: v.GenericSchema<unknown, ModelManifest> = v.lazy((input) =>
  (input as { schema?: unknown } | null)?.schema === 1 ? earlier : current
);

/** Labels that there are, or numbers in their place. */
export function classNames({ classes }: Pick<ModelManifest, "classes">): readonly string[] {
  return typeof classes === "number"
    ? Array.from({ length: classes }, (_, i) => `class ${i}`)
    : classes;
}

/** How many classes the model tells apart. */
export const classCount = ({ classes }: Pick<ModelManifest, "classes">): number =>
  typeof classes === "number" ? classes : classes.length;
