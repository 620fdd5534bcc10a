/** What to do next, drawn from what an evaluation found: which of many advices these photos ask for. */
import type { Finding } from "../data/doctor/finding.ts";
import { failingClasses } from "../data/statistics/failing_classes.ts";
import type { Advice, LearningPoint } from "./advice_pieces.ts";
import type { BranchScore } from "./score.ts";

export interface AdviceFacts {
  /** Photos to learn from, by class. */
  train: Record<string, number>;
  classes: readonly string[];
  score: BranchScore;
  /** Photos that were answered wrongly, the surest first. */
  worst: readonly { path: string; probability: number }[];
  findings: readonly Pick<Finding, "kind" | "severity" | "title" | "remedy">[];
  architecture: string;
  /** Whether the backbone was taken for want of a comparison. */
  comparesNoBackbones: boolean;
  /** From few photos to all. */
  learningCurve?: readonly LearningPoint[];
}

/** Less and nobody reads on for it, more and nobody does it. */
const FEWEST = 3, MOST = 5;
const FEW_PHOTOS = 20;
const WEAK_CLASSES = 3;
/** A mistake that is so sure is as often one of the label. */
const SURE = 0.9;
const LABELS = 5;
/** Points of accuracy that are worth photographing for. */
const WORTHWHILE = 0.01;
const UNEVEN = 3;
const OFTEN = 3;
/** Where a network is right so often, another one cannot show that it is better. */
const GOOD_ENOUGH = 0.98;
const WIDE = 0.1;

/** Three to five pieces, what matters most first. */
export function advise(facts: AdviceFacts): Advice[] {
  const asked = [
    repair(facts),
    weakClasses(facts),
    labels(facts),
    morePhotos(facts),
    imbalance(facts),
    confusion(facts),
    crops(facts),
    backbone(facts),
  ].filter((advice) => advice !== undefined);
  const { interval, total } = facts.score;
  const measure: Advice = { kind: "measure", total, interval };
  if (interval[1] - interval[0] > WIDE) asked.push(measure);
  const always: Advice[] = [{ kind: "doubts" }, { kind: "background" }];
  if (!asked.includes(measure)) always.push(measure);
  return [...asked.slice(0, MOST), ...always.slice(0, Math.max(0, FEWEST - asked.length))];
}

function repair({ findings }: AdviceFacts): Advice | undefined {
  const error = findings.find(({ severity }) => severity === "error");
  return error && { kind: "repair", title: error.title, remedy: error.remedy };
}

function weakClasses({ classes, train, score }: AdviceFacts): Advice | undefined {
  const failing = failingClasses(score.per_class).map(({ name }) => name);
  const few = classes.filter((name) => {
    const { correct, total } = score.per_class[name];
    return train[name] < FEW_PHOTOS && !failing.includes(name) &&
      (total === 0 || correct / total < score.accuracy);
  });
  const weak = [...failing, ...few.toSorted((a, b) => train[a] - train[b])].slice(0, WEAK_CLASSES);
  if (weak.length === 0) return undefined;
  return {
    kind: "weak_classes",
    classes: weak.map((name) => {
      const { correct, total } = score.per_class[name];
      return { name, photos: train[name], correct, total };
    }),
  };
}

function labels({ worst }: AdviceFacts): Advice | undefined {
  const files = worst.filter(({ probability }) => probability >= SURE).map(({ path }) => path);
  return files.length === 0 ? undefined : { kind: "labels", files: files.slice(0, LABELS) };
}

function morePhotos({ learningCurve: curve }: AdviceFacts): Advice | undefined {
  if (!curve || curve.length < 2) return undefined;
  const { accuracy } = curve.at(-1)!;
  if (accuracy === 1) return undefined;
  const expected = 1 - (1 - accuracy) * 2 ** -errorDecay(curve);
  const kind = expected - accuracy >= WORTHWHILE ? "more_photos" : "enough_photos";
  return {
    kind,
    curve: curve.map(({ trainSize, accuracy }) => ({ trainSize, accuracy })),
    expected,
  };
}

/**
 * The power by which errors fall with photos, error = a · photos^-power, by least squares over the
 * logarithms; 0 where they do not fall. Hestness et al. 2017, "Deep Learning Scaling is Predictable,
 * Empirically", https://arxiv.org/abs/1712.00409.
 */
function errorDecay(curve: readonly LearningPoint[]): number {
  const points = curve.map(({ trainSize, accuracy }) => ({
    x: Math.log(trainSize),
    // An error of none has no logarithm: half a photo was wrong.
    y: Math.log(Math.max(1 - accuracy, 0.5 / trainSize)),
  }));
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [x, y] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const spread = mean(points.map((point) => (point.x - x) ** 2));
  if (spread === 0) return 0;
  return Math.max(0, -mean(points.map((point) => (point.x - x) * (point.y - y))) / spread);
}

function imbalance({ classes, train }: AdviceFacts): Advice | undefined {
  const counts = classes.map((name) => ({ name, photos: train[name] }))
    .sort((a, b) => b.photos - a.photos);
  const [most, least] = [counts[0], counts.at(-1)!];
  return most.photos < UNEVEN * least.photos ? undefined : { kind: "imbalance", most, least };
}

/** The commonest mistake; of two classes the headline says it all. */
function confusion({ classes, score }: AdviceFacts): Advice | undefined {
  if (classes.length === 2) return undefined;
  const pairs = score.confusion.flatMap((row, actual) =>
    row.map((count, predicted) => ({ actual, predicted, count }))
      .filter(({ predicted }) => predicted !== actual)
  );
  const { actual, predicted, count } = pairs.reduce((a, b) => b.count > a.count ? b : a);
  if (count < OFTEN) return undefined;
  return { kind: "confusion", actual: classes[actual], predicted: classes[predicted], count };
}

function crops({ findings }: AdviceFacts): Advice | undefined {
  const found = findings.find(({ kind }) => kind === "elongated" || kind === "cut_off");
  return found && { kind: "crops", title: found.title, remedy: found.remedy };
}

function backbone({ score, architecture, comparesNoBackbones }: AdviceFacts): Advice | undefined {
  return comparesNoBackbones && score.accuracy < GOOD_ENOUGH
    ? { kind: "backbone", architecture }
    : undefined;
}
