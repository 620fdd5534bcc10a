/** Which photos must not be on two sides of a division. */
import type { Photo } from "./dataset_index.ts";
import { DisjointSets } from "./disjoint_sets.ts";

/**
 * Photos of one group belong together, and so do those that are alike, and all that are linked by such:
 * the name of each one's set. Sets of photos that are alike alone are named by the first.
 *
 * @returns undefined where no photo belongs to another
 */
export function joinGroups(
  photos: readonly Pick<Photo, "path" | "group" | "alike">[],
): string[] | undefined {
  if (photos.every(({ group, alike }) => group === undefined && alike === undefined)) {
    return undefined;
  }
  const sets = new DisjointSets(photos.length);
  for (const by of ["group", "alike"] as const) {
    const first = new Map<string, number>();
    photos.forEach(({ [by]: name }, i) => {
      if (name === undefined) return;
      const before = first.get(name);
      if (before === undefined) first.set(name, i);
      else sets.join(before, i);
    });
  }
  const names = new Map<number, string>();
  photos.forEach(({ group }, i) => {
    const set = sets.find(i);
    if (group !== undefined && !names.has(set)) names.set(set, group);
  });
  return photos.map(({ path, alike }, i) => {
    const set = sets.find(i);
    const likeOthers = alike !== undefined && `of near duplicates of ${photos[set].path}`;
    return names.get(set) ?? (likeOthers || path);
  });
}
