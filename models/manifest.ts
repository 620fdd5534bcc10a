/** `model.json`: what goes with a safetensors file of parameters, so that it can be used alone. */
import * as v from "valibot";

/**
 * Which parameters learn: all of them, or the head's alone on a frozen feature extractor. In both,
 * batch norm runs in training mode, as `model.train()` leaves it in the PyTorch tutorial.
 */
export const BRANCHES = ["finetune", "frozen"] as const;
export type Branch = typeof BRANCHES[number];

/** Something of each branch that a run trained: of both, or of one alone. */
export type OfBranches<T> = Partial<Record<Branch, T>>;

/** The branches that there is something of, in the order of `BRANCHES`. */
export function branchesIn(of: Readonly<OfBranches<unknown>>): Branch[] {
  return BRANCHES.filter((branch) => of[branch] !== undefined);
}

/** How a photo becomes the square that a network sees; `data/fit.ts` does it. */
export const FITS = ["crop", "pad", "squash"] as const;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const triple = v.strictTuple([v.number(), v.number(), v.number()]);
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));

const share = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
const rate = v.pipe(v.number(), v.gtValue(0));

/** The tutorial's way: SGD, and a rate that falls in steps. It came first, so that it has no kind. */
export const stepLrRecipe = v.object({
  kind: v.optional(v.undefined_()),
  epochs: count,
  batchSize: count,
  lr: rate,
  momentum: share,
  /** StepLR: every `stepSize` epochs, lr is multiplied by `gamma`. */
  stepSize: count,
  gamma: rate,
});
export type StepLrRecipe = v.InferOutput<typeof stepLrRecipe>;

/** How rare classes come to count as much as frequent ones; auto: by the counts. */
const balance = v.picklist(["auto", "none", "loss", "sample"]);

/** A head alone, fitted to convergence on features of the frozen network. */
export const probeRecipe = v.object({
  kind: v.literal("probe"),
  /** C of scikit-learn's LogisticRegression that are tried, each above 0. */
  penalties: v.pipe(v.array(rate), v.minLength(1), v.readonly()),
  /** Of the cross-validation that chooses among them. */
  folds: v.pipe(v.number(), v.safeInteger(), v.minValue(2)),
  /** Absent: not at all. */
  balance: v.optional(balance),
});
export type ProbeRecipe = v.InferOutput<typeof probeRecipe>;

/** All parameters, from a head that is there already: warm-up, then a cosine down to 0. */
export const finetuneRecipe = v.object({
  kind: v.literal("finetune"),
  epochs: count,
  batchSize: count,
  optimizer: v.picklist(["adamw", "sgd"]),
  /** The head's, at its highest. */
  lr: rate,
  /** SGD's; AdamW's first beta. */
  momentum: share,
  /** Of weights; biases and norms have none. SGD's is added to the gradient, AdamW's is decoupled. */
  weightDecay: v.pipe(v.number(), v.minValue(0)),
  /**
   * The rate of the network's first stage as a share of the head's; those between lie between, each
   * the same factor above the one before.
   */
  earliestRate: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  /** Share of all steps in which the rate rises from 0. */
  warmup: share,
  labelSmoothing: share,
  /** The longest that the gradient of all parameters together may be; null leaves it as it is. */
  clipNorm: v.nullable(rate),
  /** Decay of the weights' moving average, which is what is kept; 0 keeps the weights themselves. */
  averaging: share,
  /** Whether batch norm goes by the photos of a batch, or by its running statistics, which stay. */
  batchNorm: v.picklist(["batch", "running"]),
  augmentation: v.object({
    /** RandomResizedCrop keeps this share of a photo at least. */
    minScale: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
    /** RandomRotation's, to either side; 0 turns nothing. */
    degrees: v.pipe(v.number(), v.minValue(0), v.maxValue(180)),
    /** ColorJitter's brightness, contrast and saturation; 0 leaves colours as they are. */
    jitter: share,
    /** Whether TrivialAugmentWide follows. */
    trivial: v.boolean(),
    /** How often RandomErasing blots something out. */
    erasing: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  }),
  /** Absent: not at all. Photos of rare classes are drawn more often, whether by loss or by sample. */
  balance: v.optional(balance),
  /** Stops after so many epochs without a better one; null never does. */
  patience: v.nullable(count),
});
export type FinetuneRecipe = v.InferOutput<typeof finetuneRecipe>;

/** All that decides how training goes, but for its seed. */
export const recipe = v.variant("kind", [stepLrRecipe, probeRecipe, finetuneRecipe]);
export type Recipe = v.InferOutput<typeof recipe>;

/** What the kept epoch is called where none was better than the model that training began with. */
export const START = -1;

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
    /** How a photo becomes a square; crop where it is left out. */
    fit: v.optional(v.picklist(FITS)),
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
  /** Counts from 0; or `START`. */
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
