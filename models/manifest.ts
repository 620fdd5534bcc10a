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
export interface StepLrRecipe {
  kind?: undefined;
  epochs: number;
  batchSize: number;
  lr: number;
  momentum: number;
  /** StepLR: every `stepSize` epochs, lr is multiplied by `gamma`. */
  stepSize: number;
  gamma: number;
}

export const stepLrRecipe = v.object({
  kind: v.optional(v.undefined_()),
  epochs: count,
  batchSize: count,
  lr: rate,
  momentum: share,
  stepSize: count,
  gamma: rate,
}) satisfies v.GenericSchema<unknown, StepLrRecipe>;

/** How rare classes come to count as much as frequent ones; auto: by the counts. */
const BALANCES = ["auto", "none", "loss", "sample"] as const;

/** A head alone, fitted to convergence on features of the frozen network. */
export interface ProbeRecipe {
  kind: "probe";
  /** C of scikit-learn's LogisticRegression that are tried, each above 0. */
  penalties: readonly number[];
  /** Of the cross-validation that chooses among them. */
  folds: number;
  /** Absent: not at all. */
  balance?: typeof BALANCES[number];
}

export const probeRecipe = v.object({
  kind: v.literal("probe"),
  penalties: v.pipe(v.array(rate), v.minLength(1), v.readonly()),
  folds: v.pipe(v.number(), v.safeInteger(), v.minValue(2)),
  balance: v.optional(v.picklist(BALANCES)),
}) satisfies v.GenericSchema<unknown, ProbeRecipe>;

/** All parameters, from a head that is there already: warm-up, then a cosine down to 0. */
export interface FinetuneRecipe {
  kind: "finetune";
  epochs: number;
  batchSize: number;
  optimizer: "adamw" | "sgd";
  /** The head's, at its highest. */
  lr: number;
  /** SGD's; AdamW's first beta. */
  momentum: number;
  /** Of weights; biases and norms have none. SGD's is added to the gradient, AdamW's is decoupled. */
  weightDecay: number;
  /**
   * The rate of the network's first stage as a share of the head's; those between lie between, each
   * the same factor above the one before.
   */
  earliestRate: number;
  /** Share of all steps in which the rate rises from 0. */
  warmup: number;
  labelSmoothing: number;
  /** The longest that the gradient of all parameters together may be; null leaves it as it is. */
  clipNorm: number | null;
  /** Decay of the weights' moving average, which is what is kept; 0 keeps the weights themselves. */
  averaging: number;
  /** Whether batch norm goes by the photos of a batch, or by its running statistics, which stay. */
  batchNorm: "batch" | "running";
  augmentation: {
    /** RandomResizedCrop keeps this share of a photo at least. */
    minScale: number;
    /** RandomRotation's, to either side; 0 turns nothing. */
    degrees: number;
    /** ColorJitter's brightness, contrast and saturation; 0 leaves colours as they are. */
    jitter: number;
    /** Whether TrivialAugmentWide follows. */
    trivial: boolean;
    /** How often RandomErasing blots something out. */
    erasing: number;
  };
  /** Absent: not at all. Photos of rare classes are drawn more often, whether by loss or by sample. */
  balance?: typeof BALANCES[number];
  /** Stops after so many epochs without a better one; null never does. */
  patience: number | null;
}

export const finetuneRecipe = v.object({
  kind: v.literal("finetune"),
  epochs: count,
  batchSize: count,
  optimizer: v.picklist(["adamw", "sgd"]),
  lr: rate,
  momentum: share,
  weightDecay: v.pipe(v.number(), v.minValue(0)),
  earliestRate: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  warmup: share,
  labelSmoothing: share,
  clipNorm: v.nullable(rate),
  averaging: share,
  batchNorm: v.picklist(["batch", "running"]),
  augmentation: v.object({
    minScale: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
    degrees: v.pipe(v.number(), v.minValue(0), v.maxValue(180)),
    jitter: share,
    trivial: v.boolean(),
    erasing: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  }),
  balance: v.optional(v.picklist(BALANCES)),
  patience: v.nullable(count),
}) satisfies v.GenericSchema<unknown, FinetuneRecipe>;

/** All that decides how training goes, but for its seed. */
export type Recipe = StepLrRecipe | ProbeRecipe | FinetuneRecipe;

export const recipe = v.variant("kind", [stepLrRecipe, probeRecipe, finetuneRecipe]);

/** What the kept epoch is called where none was better than the model that training began with. */
export const START = -1;

/** Raised when the meaning of the file changes. */
export const MANIFEST_SCHEMA = 2;

/** What `model.json` holds. */
export interface ModelManifest {
  schema: typeof MANIFEST_SCHEMA;
  /** Name in the registry of architectures. */
  architecture: string;
  /** Labels in the order of the logits; ImageNet's 1000 are only counted. */
  classes: readonly string[] | number;
  preprocessing: {
    resize: number;
    size: number;
    /** How a photo becomes a square; crop where it is left out. */
    fit?: typeof FITS[number];
    mean: [number, number, number];
    std: [number, number, number];
    /** Bilinear where it is left out, as by all models of earlier versions. */
    interpolation?: "bilinear" | "bicubic";
  };
  /** The pretrained weights all of it started from. */
  pretrained: { origin: string; sha256: string; licence: string; note?: string };
  /** How it was trained, if it was. */
  training?: {
    branch: Branch;
    seed: number;
    /** Counts from 0; or `START`. */
    bestEpoch: number;
    valAccuracy: number;
    device: string;
    recipe: Recipe;
  };
}

const common = {
  architecture: v.string(),
  classes: v.union([v.pipe(v.array(v.string()), v.readonly()), count]),
  preprocessing: v.object({
    resize: side,
    size: side,
    fit: v.optional(v.picklist(FITS)),
    mean: triple,
    std: triple,
    interpolation: v.optional(v.picklist(["bilinear", "bicubic"])),
  }),
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
  bestEpoch: v.number(),
  valAccuracy: v.number(),
  device: v.string(),
};

const current = v.object({
  schema: v.literal(MANIFEST_SCHEMA),
  ...common,
  training: v.optional(v.object({ ...outcome, recipe })),
}) satisfies v.GenericSchema<unknown, ModelManifest>;

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
