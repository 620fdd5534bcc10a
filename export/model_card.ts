/** The Markdown that goes with every export: what the model is, how good, from what, and how to use it. */
import { marginColour } from "../data/fit.ts";
import { classScores } from "../data/statistics/class_scores.ts";
import { failingClassesInWords } from "../data/statistics/failing_classes.ts";
import { honestScore, type MeasuredOn, type Scores } from "../data/statistics/honest_score.ts";
import { counted, percent, percentRange } from "../data/statistics/percent.ts";
import { classNames, type Recipe, START } from "../models/manifest.ts";
import type { ModelDescription } from "../inference/description.ts";
import { markdownTable, markdownText } from "./markdown.ts";
import { type FileScore, fileScoreInWords } from "./file_score.ts";
import { type Form, type Format, usage } from "./usage.ts";

/** What evaluation measured. */
export interface CardScore {
  accuracy: number;
  correct: number;
  total: number;
  /** Wilson's 95% interval. */
  interval: [number, number];
  per_class: Record<string, { correct: number; total: number }>;
  /** confusion[actual][predicted], in the order of the classes. */
  confusion: number[][];
}

/** Where the photos are from. */
export interface CardSource {
  origin: string;
  sha256?: string;
  licence?: string;
  counts: Record<string, Record<string, number>>;
}

/** Which run made the model. */
export interface CardOrigin {
  /** The photos in a word. */
  data?: string;
  run: string;
  /** ISO 8601. */
  started: string;
}

/** What is known beside the model itself; absent parts are said to be unknown. */
export interface CardFacts extends Form {
  /** The file itself, where its numbers are not the model's own. */
  file?: FileScore;
  origin?: CardOrigin;
  score?: Scores<CardScore>;
  source?: CardSource;
}

/** @param file the exported file's name, for the code that loads it */
export function modelCard(
  format: Format,
  file: string,
  description: ModelDescription,
  facts: CardFacts,
): string {
  const { score, source, origin } = facts;
  const names = classNames(description);
  const training = description.training;
  const branch = training ? ` (${training.branch})` : "";
  return [
    `# ${description.architecture}${branch}: ${counted(names.length, "class", "classes")}`,
    "An image classifier trained by transfer learning with graft.",
    "## Use",
    usage(format, file, description, undefined, facts),
    "## Classes",
    names.map((name, i) => `- \`${i}\` ${markdownText(name)}`).join("\n"),
    "## Accuracy",
    (score ? describeScore(score, names) : "It was not evaluated.") + describeFile(facts) +
    describeOrigin(origin),
    "## Preprocessing",
    describePreprocessing(description, facts),
    "## Data",
    source ? describeSource(source) : "Not recorded.",
    "## Training",
    training ? describeTraining(description) : "Not recorded.",
    "## Licence",
    `The pretrained weights it started from: ${
      markdownText(description.pretrained.licence)
    }. The ` +
    `photos: ${
      source?.licence ? markdownText(source.licence) : "no licence is recorded"
    }. Whether ` +
    "the licence of photos extends to a model trained on them depends on where you are.",
    "## Limits",
    "It knows the classes above and nothing else: shown anything else, it still names one of them. " +
    "The accuracy holds for photos like those it was evaluated on.",
  ].join("\n\n") + "\n";
}

/** What the photos of a score are called, and how far the score can be trusted. */
const MEASURED: Record<MeasuredOn, [photos: string, trust: string]> = {
  test: ["test photo", "Nothing was chosen by these photos."],
  cross_validated: ["photo", "Each was asked of a model that had not seen it (cross-validation)."],
  val: [
    "val photo",
    "The best epoch was chosen on the same photos, so expect a little less of new ones.",
  ],
};

function describeScore(scores: Scores<CardScore>, names: readonly string[]): string {
  const { score, on } = honestScore(scores);
  const { accuracy, correct, total, interval, per_class, confusion } = score;
  const { classes, macroF1, balancedAccuracy } = classScores(confusion);
  const figure = (value: number | null) => percent(value ?? NaN);
  const rows = names.map((name, i) => {
    const { precision, recall, f1, support } = classes[i];
    return [
      markdownText(name),
      `${confusion[i][i]} of ${support}`,
      support > 0 ? figure(recall) : "no photos",
      figure(precision),
      figure(f1),
      confusions(score, names, i),
    ];
  });
  const [photos, trust] = MEASURED[on];
  const failing = failingClassesInWords(per_class);
  return [
    `${percent(accuracy)} of ${counted(total, photos)} (${correct}; 95% interval ` +
    `${percentRange(interval)})${failing && `, but ${markdownText(failing)}`}. ${trust}`,
    markdownTable(["class", "right", "recall", "precision", "F1", "taken for"], rows),
    `Balanced accuracy ${figure(balancedAccuracy)}, macro F1 ${figure(macroF1)}.`,
  ].join("\n\n");
}

const PRECISION: Record<Exclude<Form["precision"], "float32" | undefined>, string> = {
  float16: "holds numbers of 16 bits (float16)",
  int8:
    "computes in integers of 8 bits (int8): weights with a scale for each channel, activations " +
    "with fixed scales, which photos of the training set gave",
};

/** As a paragraph of its own; nothing where its numbers are those that were evaluated. */
function describeFile({ precision = "float32", file }: CardFacts): string {
  if (precision === "float32") return "";
  const measured = file
    ? `Measured itself, it is ${fileScoreInWords(file)}`
    : "What that costs was not measured, for want of photos";
  return `\n\nThis file ${PRECISION[precision]}. ${measured}.`;
}

/** As a paragraph of its own. */
function describeOrigin(origin: CardOrigin | undefined): string {
  if (!origin) return "";
  const { data, run, started } = origin;
  const photos = data === undefined ? "" : ` on ${markdownText(data)}`;
  return `\n\nTrained${photos} in run ${markdownText(run)}, ${started.slice(0, 10)}.`;
}

/** What photos of a class were taken for, most often first. */
function confusions({ confusion }: CardScore, names: readonly string[], actual: number): string {
  const wrong = confusion[actual]
    .map((count, i) => ({ count, i }))
    .filter(({ count, i }) => count > 0 && i !== actual)
    .sort((a, b) => b.count - a.count);
  return wrong.map(({ count, i }) => `${markdownText(names[i])} (${count})`).join(", ") || "-";
}

function describePreprocessing(
  { preprocessing, temperature }: ModelDescription,
  { input }: Form,
): string {
  const { fit = "crop", resize, size, mean, std, interpolation = "bilinear" } = preprocessing;
  const how = `${interpolation} with antialiasing`;
  const square = {
    crop: `As torchvision's: RGB; the shorter side to ${resize} pixels, ${how}; the central ` +
      `${size}×${size}`,
    squash: `As torchvision's: RGB; both sides to ${size} pixels, whatever they were, ${how}`,
    pad:
      `RGB; as Pillow's ImageOps.pad: the longer side to ${size} pixels, ${how}, in the middle of ` +
      `${size}×${size} of the colour (${marginColour(mean).join(", ")})`,
  };
  const prepared =
    `${square[fit]}; values divided by 255, minus [${mean.join(", ")}], divided by ` +
    `[${std.join(", ")}].`;
  if (input !== "photos") {
    return `${prepared} The output is logits; divide them by the temperature ${temperature} before ` +
      "softmax.";
  }
  return "The file does all of it, and takes photos as they are, once they are turned upright by " +
    `their EXIF data: ${prepared} Logits are divided by the temperature ${temperature} before softmax.`;
}

function describeSource({ origin, sha256, counts }: CardSource): string {
  const rows = Object.entries(counts).flatMap(([split, classes]) =>
    Object.entries(classes).map((
      [name, count],
    ) => [markdownText(split), markdownText(name), String(count)])
  );
  const digest = sha256 ? ` (SHA-256 ${sha256})` : "";
  return `From ${markdownText(origin)}${digest}.\n\n` +
    markdownTable(["split", "class", "photos"], rows);
}

function describeTraining({ training, pretrained }: ModelDescription): string {
  const { branch, recipe, seed, bestEpoch, device } = training!;
  const what = branch === "finetune"
    ? "All parameters were finetuned"
    : "The last layer alone was trained, on features of the frozen network";
  const best = recipe.kind === "probe"
    ? ""
    : bestEpoch === START
    ? "; no epoch was better than the head fitted to frozen features, which it began with"
    : `; epoch ${bestEpoch + 1} was the best`;
  return `${what}: ${describeRecipe(recipe)}, seed ${seed}, on ${
    markdownText(device)
  }${best}. It ` +
    `started from ${markdownText(pretrained.origin)} (SHA-256 ${pretrained.sha256 || "unknown"}).`;
}

function describeRecipe(recipe: Recipe): string {
  if (recipe.kind === "probe") {
    return "a logistic regression fitted to convergence, its penalty chosen by cross-validation in " +
      counted(recipe.folds, "fold");
  }
  const { epochs, batchSize, lr, momentum } = recipe;
  const batches = `${counted(epochs, "epoch")} of batches of ${batchSize}`;
  if (recipe.kind === undefined) {
    const { stepSize, gamma } = recipe;
    return `${batches}, SGD with momentum ${momentum} and learning rate ${lr}, times ${gamma} every ` +
      counted(stepSize, "epoch");
  }
  const { optimizer, weightDecay, earliestRate, labelSmoothing } = recipe;
  const name = optimizer === "adamw" ? "AdamW" : `SGD with momentum ${momentum}`;
  return `${batches}, ${name} with a learning rate up to ${lr} (times ${earliestRate} in the first ` +
    `layers) that then falls as a cosine, weight decay ${weightDecay} and label smoothing ` +
    labelSmoothing;
}
