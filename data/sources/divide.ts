/** Photos that nobody has divided, into parts: by a seed, and with what belongs together on one side. */
import type { Part } from "../dataset_index.ts";
import { compareCodePoints } from "../image_folder.ts";
import type { PlannedFile } from "./plan.ts";
import { shuffled, valCount } from "./split.ts";

/** How photos without a given division are divided. */
export interface Division {
  seed: number;
  /** The part of each class that is for validation, such as 0.2. */
  valFraction: number;
  /** Train and val; or, where there are photos enough, test besides. Two when left out. */
  parts?: 2 | 3;
}

/** The part of each class that is for testing, where there is to be such a part. */
const TEST_FRACTION = 0.2;
/** With fewer photos, an accuracy of 90% is known to no better than 5 points to either side. */
const LEAST_TEST = 200;
/** With fewer of a class, nothing is known of it. */
const LEAST_TEST_OF_CLASS = 10;

/**
 * Which part each photo is for. With three parts, test is taken first, and val of what is left; with
 * too few photos for a test that says anything, there is none.
 *
 * @param groups photos that belong together; a photo in no group is one by itself
 */
export function divide(
  files: readonly PlannedFile[],
  groups: readonly PlannedFile[][],
  division: Division,
): Map<PlannedFile, Part> {
  const { seed, valFraction, parts } = division;
  const test = parts === 3 ? testPhotos(files, groups, seed) : new Set<PlannedFile>();
  const rest = files.filter((file) => !test.has(file));
  const ofRest = groups.filter(([file]) => !test.has(file));
  const val = takeGroups(rest, ofRest, { seed, fraction: valFraction });
  return new Map(
    files.map((file) => [file, test.has(file) ? "test" : val.has(file) ? "val" : "train"] as const),
  );
}

/** Photos for testing; none where they would be too few, or a group could not stay together. */
function testPhotos(
  files: readonly PlannedFile[],
  groups: readonly PlannedFile[][],
  seed: number,
): Set<PlannedFile> {
  const none = new Set<PlannedFile>();
  const test = takeGroups(files, groups, { seed, fraction: TEST_FRACTION });
  const isTorn = groups.some((group) => new Set(group.map((file) => test.has(file))).size > 1);
  if (isTorn || test.size < LEAST_TEST) return none;
  const byClass = Map.groupBy(files, ({ className }) => className);
  const isThin = [...byClass.values()].some((members) =>
    members.filter((file) => test.has(file)).length < LEAST_TEST_OF_CLASS
  );
  return isThin ? none : test;
}

/**
 * Photos of a fraction: whole groups in the order that the seed gives their first photos, until a
 * class has its part; a photo in no group is one by itself. Groups may cross classes. A class that is
 * one group must be divided all the same, and is, as if its photos had nothing in common.
 */
export function takeGroups(
  files: readonly PlannedFile[],
  groups: readonly PlannedFile[][],
  { seed, fraction }: { seed: number; fraction: number },
): Set<PlannedFile> {
  const groupOf = new Map(groups.flatMap((group) => group.map((file) => [file, group])));
  const sides = new Map<PlannedFile[], "taken" | "left">();
  const taken = new Set<PlannedFile>();
  const byClass = Map.groupBy(files, ({ className }) => className);
  for (const className of [...byClass.keys()].sort(compareCodePoints)) {
    const members = byClass.get(className)!;
    const target = valCount(members.length, fraction);
    const ordered = shuffled(members, ({ file }) => file, seed, className);
    const units = unitsOf(ordered, groupOf);
    if (units.length === 1 && members.length > 1) {
      ordered.slice(0, target).forEach((file) => taken.add(file));
      continue;
    }
    const side = (unit: Unit) => sides.get(unit.group);
    let count = 0;
    for (const unit of units) if (side(unit) === "taken") count += unit.files.length;
    const free = units.filter((unit) => side(unit) === undefined);
    for (const unit of free) {
      // A group goes where it brings the part nearer to what was asked for.
      const fits = count < target && count + unit.files.length / 2 < target;
      sides.set(unit.group, fits ? "taken" : "left");
      if (fits) count += unit.files.length;
    }
    if (count === 0 && free.length > 0) {
      const least = free.reduce((a, b) => b.files.length < a.files.length ? b : a);
      sides.set(least.group, "taken");
    }
    for (const unit of units) {
      if (side(unit) === "taken") unit.files.forEach((file) => taken.add(file));
    }
  }
  return taken;
}

/** Photos of one class that go together, and the group that decides where. */
interface Unit {
  group: PlannedFile[];
  files: PlannedFile[];
}

function unitsOf(
  ordered: PlannedFile[],
  groupOf: ReadonlyMap<PlannedFile, PlannedFile[]>,
): Unit[] {
  const units = new Map<PlannedFile[], PlannedFile[]>();
  for (const file of ordered) {
    const group = groupOf.get(file) ?? [file];
    const files = units.get(group);
    if (files) files.push(file);
    else units.set(group, [file]);
  }
  return Array.from(units, ([group, files]) => ({ group, files }));
}

/** How photos were divided, for a person. */
export function describeDivision(
  parts: ReadonlyMap<PlannedFile, Part>,
  { seed, valFraction, parts: wanted }: Division,
): string {
  const percent = (fraction: number) => `${Number((fraction * 100).toFixed(2))}%`;
  const val = `${percent(valFraction)} of each class, chosen by seed ${seed}, are for validation`;
  if (wanted !== 3) return val;
  if (![...parts.values()].includes("test")) {
    return `${val}; none are kept for testing, which takes ${LEAST_TEST} photos and ` +
      `${LEAST_TEST_OF_CLASS} of each class (a fifth of all are taken)`;
  }
  return `${percent(TEST_FRACTION)} of each class, chosen by seed ${seed}, are for testing, and ` +
    `${percent(valFraction)} of the rest for validation`;
}
