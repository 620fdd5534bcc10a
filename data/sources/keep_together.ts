/** Near duplicates on one side of a split that we made: else val asks for photos that were trained on. */
import { dirname, join } from "node:path";
import { decodeInOrder, type Examination } from "../decode_in_order.ts";
import { compareCodePoints, hasImageExtension } from "../image_folder.ts";
import { nearDuplicates } from "../near_duplicates.ts";
import type { Part } from "../dataset_index.ts";
import type { Fingerprint } from "../fingerprint.ts";
import { describeDivision, divide, type Division } from "./divide.ts";
import { groupPhotos } from "./group_photos.ts";
import { formatGroupRule } from "./group_rule.ts";
import { some } from "./left_out.ts";
import { mergeGroups } from "./merge_groups.ts";
import { type Plan, type PlannedFile, targetOf } from "./plan.ts";
import type { SourceContext } from "./source_context.ts";

/**
 * Moves photos of a plan that was divided here, which lie in the folder of photos already, so that near
 * duplicates are on one side, and photos of one group, where a rule says which these are. A plan that
 * its source divided stays: what it tears apart is said.
 *
 * @param source the folder in which photos still lie, which then are moved in the plan alone
 * @throws {Error} where the rule groups nothing, or leaves nothing of a class to keep aside
 */
export async function keepTogether(
  plan: Plan,
  context: SourceContext,
  source?: string,
): Promise<Plan> {
  const { divided } = plan;
  const { group: rule } = context;
  const all = plan.files.filter(({ file }) => hasImageExtension(file));
  // Where two parts are ours, a test is the source's own, and stays as it is.
  const ours = all.filter(({ split }) => divided?.into === 3 || split !== "test");
  const looked = rule?.kind === "exif-time" ? all : divided ? ours : [];
  const seen = await examine(looked, context, source);
  const ruled = rule
    ? groupPhotos(rule, all, (file) => seen.get(file)?.encoding.shot)
    : new Map<PlannedFile, string>();
  const { plan: kept, groups } = divided
    ? await moveTogether(plan, { ours, into: divided.into, seen, ruled, source }, context)
    : { plan, groups: ruled };
  if (groups.size === 0) return kept;
  const byPath = Array.from(groups, ([file, name]) => [targetOf(file), name] as const);
  context.onGroups?.(Object.fromEntries(byPath.sort(([a], [b]) => compareCodePoints(a, b))));
  const torn = describeTorn(groups);
  return torn ? { ...kept, notes: [...kept.notes, torn] } : kept;
}

/** What is known of photos that a plan divides. */
interface Divided {
  ours: readonly PlannedFile[];
  into: 2 | 3;
  seen: ReadonlyMap<PlannedFile, Examination>;
  /** Names of groups by photo. */
  ruled: ReadonlyMap<PlannedFile, string>;
  source?: string;
}

async function moveTogether(
  plan: Plan,
  { ours: files, into, seen, ruled, source }: Divided,
  context: SourceContext,
): Promise<{ plan: Plan; groups: ReadonlyMap<PlannedFile, string> }> {
  const { photos } = context;
  const division = { ...context, parts: into };
  const fingerprints = new Map([...seen].map(([file, { fingerprint }]) => [file, fingerprint]));
  const named = Map.groupBy(files.filter((file) => ruled.has(file)), (file) => ruled.get(file)!);
  const { parts, groups, many } = divideTogether(files, fingerprints, division, [
    ...named.values(),
  ]);
  if (groups.length === 0) return { plan, groups: ruled };
  refuseWholeClasses(files, groups, ruled);
  const moved = new Map<PlannedFile, PlannedFile>();
  for (const file of files) {
    const split = parts.get(file)!;
    if (split === file.split) continue;
    const target = { ...file, split };
    if (source === undefined) {
      await Deno.mkdir(dirname(join(photos, targetOf(target))), { recursive: true });
      await Deno.rename(join(photos, targetOf(file)), join(photos, targetOf(target)));
    }
    moved.set(file, target);
  }
  const now = (file: PlannedFile) => moved.get(file) ?? file;
  // What a group has taken in counts as of it.
  const names = new Map(ruled);
  for (const group of groups) {
    const [name] = group.flatMap((file) => ruled.get(file) ?? []).sort(compareCodePoints);
    if (name !== undefined) { for (const file of group) names.set(file, name); }
  }
  const words = [
    describeDivision(parts, division),
    ...many > 0 ? [`${many} near duplicates are kept on one side each`] : [],
    ...named.size > 0
      ? [`${named.size} groups (${formatGroupRule(context.group!)}) are kept on one side each`]
      : [],
  ];
  return {
    plan: {
      files: plan.files.map(now),
      notes: plan.notes,
      divided: { into, words: words.join("; ") },
    },
    groups: new Map(Array.from(names, ([file, name]) => [now(file), name])),
  };
}

/**
 * The part of each photo, near duplicates on one side, as are those that belong together for another
 * reason.
 *
 * @param fingerprints of the photos that could be decoded
 */
export function divideTogether(
  files: readonly PlannedFile[],
  fingerprints: ReadonlyMap<PlannedFile, Fingerprint>,
  division: Division,
  named: readonly PlannedFile[][] = [],
): { parts: Map<PlannedFile, Part>; groups: PlannedFile[][]; many: number } {
  const known = files.filter((file) => fingerprints.has(file));
  const near = nearDuplicates(known.map((file) => fingerprints.get(file)!))
    .map((group) => group.map((i) => known[i]));
  const groups = mergeGroups([...near, ...named]);
  return { parts: divide(files, groups, division), groups, many: near.flat().length };
}

/** Looks at photos, and leaves those out that cannot be decoded. */
async function examine(
  files: readonly PlannedFile[],
  { photos, progress, start, kept, signal }: SourceContext,
  source?: string,
): Promise<Map<PlannedFile, Examination>> {
  const seen = new Map<PlannedFile, Examination>();
  if (files.length === 0) return seen;
  const pathOf = (file: PlannedFile) =>
    source === undefined ? join(photos, targetOf(file)) : join(source, file.from);
  const decoded = decodeInOrder(files.map(pathOf), {
    workers: navigator.hardwareConcurrency,
    exifOrientation: true,
    examine: true,
    withoutPixels: true,
    ...{ start, kept, signal },
  });
  let done = 0;
  for await (const result of decoded) {
    const file = files[done++];
    progress?.({ label: "comparing photos", unit: "files", done, total: files.length });
    if ("refusal" in result) continue; // building the dataset will say so
    seen.set(file, result.examination!);
  }
  return seen;
}

/** @throws {Error} for a class whose photos are all of one group that was asked for */
function refuseWholeClasses(
  files: readonly PlannedFile[],
  groups: readonly PlannedFile[][],
  ruled: ReadonlyMap<PlannedFile, string>,
): void {
  const groupOf = new Map(groups.flatMap((group) => group.map((file) => [file, group])));
  for (const [className, members] of Map.groupBy(files, ({ className }) => className)) {
    const group = groupOf.get(members[0]);
    const isWhole = group && members.every((file) => groupOf.get(file) === group);
    const name = group?.map((file) => ruled.get(file)).find((name) => name !== undefined);
    if (!isWhole || name === undefined) continue;
    throw new Error(
      `all ${members.length} photos of ${className} are of one group (${name}), so that none could ` +
        "be kept aside: add photos of other groups to the class, or choose groups that are smaller",
    );
  }
}

/** Groups that the source's own division tears apart; undefined where there are none. */
function describeTorn(groups: ReadonlyMap<PlannedFile, string>): string | undefined {
  const members = Map.groupBy(groups, ([, name]) => name);
  const torn = [...members].filter(([, files]) =>
    new Set(files.map(([{ split }]) => split)).size > 1
  ).map(([name]) => name).sort(compareCodePoints);
  if (torn.length === 0) return undefined;
  const what = torn.length === 1 ? "1 group lies" : `${torn.length} groups lie`;
  return `${what} on more than one side, as the source divides them (${some(torn)}): what is ` +
    "measured will be too high";
}
