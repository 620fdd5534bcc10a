/** How many photos there are of each class, and what can be said with so many. */
import type { Part } from "../dataset_index.ts";
import type { Examined } from "../examined.ts";
import { VAL_FRACTION, valCount } from "../sources/split.ts";
import { counted, percent, percentRange } from "../statistics/percent.ts";
import { wilsonInterval } from "../statistics/wilson_interval.ts";
import type { Finding } from "./finding.ts";

/** The largest class as a multiple of the smallest. */
const IMBALANCE = 3;
const FEW = 20;
/** The accuracy for which the interval is told, and how wide to either side it may be. */
const SUPPOSED = 0.9;
const WIDE = 0.05;

/** @param parts by path, where photos will be put that the source puts nowhere; guessed if left out */
export function countFindings(
  files: readonly Examined[],
  parts?: ReadonlyMap<string, Part>,
): Finding[] {
  const all = files.filter(({ photo, className }) => photo && className !== undefined);
  const partOf = ({ split, path }: Examined) => split ?? parts?.get(path);
  const test = all.filter((file) => partOf(file) === "test");
  const usable = all.filter((file) => partOf(file) !== "test");
  const barren = classesWithoutPhoto(files);
  const names = new Set(barren.map(({ name }) => name));
  const count = (of: readonly Examined[]) =>
    Object.entries(Object.groupBy(of, ({ className }) => className!))
      .map(([name, all]) => ({ name, count: all!.length }))
      .sort((a, b) => b.count - a.count);
  const divided = usable.some(({ split }) => split === "val");
  const isKnown = divided || parts !== undefined;
  const training = count(usable.filter((file) => partOf(file) !== "val"))
    .map(({ name, count }) => ({
      name,
      count: isKnown ? count : count - valCount(count, VAL_FRACTION),
    }));
  const val = isKnown
    ? usable.filter((file) => partOf(file) === "val").length
    : count(usable).reduce((sum, { count }) => sum + valCount(count, VAL_FRACTION), 0);
  return [
    ...barren.map(withoutPhoto),
    ...splitFindings(usable.filter(({ className }) => !names.has(className!)), divided),
    ...balance(training),
    ...(test.length > 0
      ? [
        ...untested(test, training.map(({ name }) => name)),
        ...accuracyInterval(test.length, "test"),
      ]
      : accuracyInterval(val, "val")),
  ];
}

/** Files of a class to train on, of which none gives a photo. */
interface BarrenClass {
  name: string;
  files: Examined[];
}

function classesWithoutPhoto(files: readonly Examined[]): BarrenClass[] {
  const training = files.filter(({ className, split }) =>
    className !== undefined && split !== "val" && split !== "test"
  );
  return Array.from(
    Map.groupBy(training, ({ className }) => className!),
    ([name, files]) => ({ name, files }),
  ).filter(({ files }) => files.every(({ photo }) => !photo));
}

function withoutPhoto({ name, files }: BarrenClass): Finding {
  return {
    kind: "class_without_photo",
    severity: "error",
    title: `${name} has no photo that can be used: all ${files.length} are left out ` +
      `(${files[0].refusal?.refusal})`,
    remedy: "Put photos into its folder that can be read, or remove the folder.",
    files: files.map(({ path }) => path),
  };
}

function splitFindings(usable: readonly Examined[], divided: boolean): Finding[] {
  if (!divided) return [];
  const of = (wanted: string) => usable.filter(({ split }) => split === wanted);
  const classes = (split: string) => new Set(of(split).map(({ className }) => className!));
  const [train, val] = [classes("train"), classes("val")];
  const findings: Finding[] = [];
  const unknown = [...val.difference(train)];
  if (unknown.length > 0) {
    findings.push({
      kind: "val_class_unknown",
      severity: "error",
      title: `val has classes that train lacks: ${unknown.join(", ")}`,
      remedy: "Add train photos of them, or correct the folder's name.",
      files: of("val").filter(({ className }) => unknown.includes(className!))
        .map(({ path }) => path),
    });
  }
  const unmeasured = [...train.difference(val)];
  if (unmeasured.length > 0) {
    findings.push({
      kind: "class_without_val",
      severity: "error",
      title: `train has classes that val lacks: ${unmeasured.join(", ")}`,
      remedy: "Move a fifth of each class's photos to val: what is not measured is not known.",
      files: [],
    });
  }
  return findings;
}

function balance(training: { name: string; count: number }[]): Finding[] {
  if (training.length < 2) return [];
  const findings: Finding[] = [];
  const [largest, smallest] = [training[0], training.at(-1)!];
  if (largest.count >= IMBALANCE * smallest.count) {
    const all = training.reduce((sum, { count }) => sum + count, 0);
    const share = percent(largest.count / all, 0);
    findings.push({
      kind: "class_imbalance",
      severity: "warning",
      title:
        `${largest.name} has ${counted(largest.count, "training photo")}, ${smallest.name} has ` +
        `${smallest.count}: whoever always says ${largest.name} is right ${share} of the time`,
      remedy:
        `Add photos of ${smallest.name}, and look at each class's accuracy, not at one number.`,
      files: [],
    });
  }
  const few = training.filter(({ count }) => count < FEW);
  if (few.length > 0) {
    findings.push({
      kind: "few_training_photos",
      severity: "warning",
      title: "classes with few photos to train on: " +
        few.map(({ name, count }) => `${name} (${count})`).join(", "),
      remedy: `Add photos until each class has at least ${FEW}; a hundred are better.`,
      files: [],
    });
  }
  return findings;
}

/** Classes of which nothing is known by a test. */
export function untested(
  test: readonly { className?: string }[],
  classes: readonly string[],
): Finding[] {
  const tested = new Set(test.map(({ className }) => className));
  const missing = classes.filter((name) => !tested.has(name));
  if (missing.length === 0) return [];
  return [{
    kind: "class_without_test",
    severity: "warning",
    title: `test lacks classes: ${missing.join(", ")}`,
    remedy: "Move some photos of each class to test: what is not measured is not known.",
    files: [],
  }];
}

/** What an accuracy measured on so many photos would mean. @param part that they are of */
export function accuracyInterval(total: number, part: "val" | "test"): Finding[] {
  if (total === 0) return [];
  const [low, high] = wilsonInterval(Math.round(SUPPOSED * total), total);
  const wide = (high - low) / 2 > WIDE;
  return [{
    kind: "accuracy_interval",
    severity: wide ? "warning" : "note",
    title:
      `with ${counted(total, `${part} photo`)}, a measured accuracy of ${
        percent(SUPPOSED, 0)
      } will mean anything ` +
      `from ${percentRange([low, high], 0)} (95% interval)`,
    remedy: `For plus or minus 3 points, ${photosFor(0.03)} ${part} photos are needed.`,
    files: [],
  }];
}

/** The fewest val photos whose interval is at most `half` to either side. */
function photosFor(half: number): number {
  for (let total = 10;; total += 10) {
    const [low, high] = wilsonInterval(SUPPOSED * total, total);
    if ((high - low) / 2 <= half) return total;
  }
}
