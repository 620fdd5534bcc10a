/** Near duplicates on one side of a split that we made: else val asks for photos that were trained on. */
import { dirname, join } from "node:path";
import { decodeInOrder } from "../decode_pool.ts";
import type { Fingerprint } from "../fingerprint.ts";
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import { nearDuplicates } from "../near_duplicates.ts";
import type { Division } from "./layout.ts";
import { type Plan, type PlannedFile, targetOf } from "./plan.ts";
import type { SourceContext } from "./source_context.ts";
import { shuffled, valCount } from "./split.ts";

/**
 * Compares the photos of a plan that was divided here, which lie in the folder of photos already, and
 * moves those whose near duplicates are on the other side. A plan that its source divided stays.
 */
export async function keepTogether(plan: Plan, context: SourceContext): Promise<Plan> {
  if (!plan.divided) return plan;
  const { photos, progress, signal } = context;
  const files = plan.files.filter(({ file }) => hasImageExtension(file));
  const seen: PlannedFile[] = [];
  const fingerprints: Fingerprint[] = [];
  const decoded = decodeInOrder(files.map((file) => join(photos, targetOf(file))), {
    workers: navigator.hardwareConcurrency,
    exifOrientation: true,
    examine: true,
    withoutPixels: true,
    signal,
  });
  let done = 0;
  for await (const result of decoded) {
    const file = files[done++];
    progress?.({ label: "comparing photos", unit: "files", done, total: files.length });
    if ("refusal" in result) continue; // building the dataset will say so
    seen.push(file);
    fingerprints.push(result.examination!.fingerprint);
  }
  const groups = nearDuplicates(fingerprints).map((group) => group.map((i) => seen[i]));
  if (groups.length === 0) return plan;
  const moved = new Map<PlannedFile, PlannedFile>();
  const val = divideGroups(files, groups, context);
  for (const file of files) {
    const split = val.has(file) ? "val" : "train";
    if (split === file.split) continue;
    const target = { ...file, split } as const;
    await Deno.mkdir(dirname(join(photos, targetOf(target))), { recursive: true });
    await Deno.rename(join(photos, targetOf(file)), join(photos, targetOf(target)));
    moved.set(file, target);
  }
  const many = groups.flat().length;
  return {
    ...plan,
    files: plan.files.map((file) => moved.get(file) ?? file),
    note: [plan.note, `${many} near duplicates are kept on one side each`].filter(Boolean).join(
      "; ",
    ),
  };
}

/**
 * Which photos are for validation: whole groups in the order that the seed gives their first photos,
 * until a class has its part; a photo in no group is one by itself. Groups may cross classes. A class
 * that is one group must be divided all the same, and is, as it was.
 */
export function divideGroups(
  files: readonly PlannedFile[],
  groups: readonly PlannedFile[][],
  { seed, valFraction }: Division,
): Set<PlannedFile> {
  const groupOf = new Map(groups.flatMap((group) => group.map((file) => [file, group])));
  const sides = new Map<PlannedFile[], "train" | "val">();
  const val = new Set<PlannedFile>();
  const byClass = Map.groupBy(files, ({ className }) => className);
  for (const className of [...byClass.keys()].sort(compareCodePoints)) {
    const members = byClass.get(className)!;
    const target = valCount(members.length, valFraction);
    const units = unitsOf(shuffled(members, ({ file }) => file, seed, className), groupOf);
    if (units.length === 1 && members.length > 1) {
      for (const file of members) if (file.split === "val") val.add(file);
      continue;
    }
    const side = (unit: Unit) => sides.get(unit.group);
    let count = 0;
    for (const unit of units) if (side(unit) === "val") count += unit.files.length;
    const free = units.filter((unit) => side(unit) === undefined);
    for (const unit of free) {
      // A group goes where it brings the part nearer to what was asked for.
      const fits = count < target && count + unit.files.length / 2 < target;
      sides.set(unit.group, fits ? "val" : "train");
      if (fits) count += unit.files.length;
    }
    if (count === 0 && free.length > 0) {
      const least = free.reduce((a, b) => b.files.length < a.files.length ? b : a);
      sides.set(least.group, "val");
    }
    for (const unit of units) {
      if (side(unit) === "val") unit.files.forEach((file) => val.add(file));
    }
  }
  return val;
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
