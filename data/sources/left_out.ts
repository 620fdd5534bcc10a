/** What lies among photos and is not used. */

export interface LeftOut {
  /** Relative to the folder, with `/`. */
  path: string;
  /** Goes on after the path: "is a named pipe". */
  reason: string;
}

/** Names shown of many. */
const SHOWN = 3;

/** A line for each reason: "3 files are …: a, b and 1 more". */
export function describeLeftOut(leftOut: readonly LeftOut[]): string[] {
  return Array.from(Map.groupBy(leftOut, ({ reason }) => reason), ([reason, group]) => {
    const paths = group.map(({ path }) => path);
    return paths.length === 1
      ? `left out ${paths[0]}: it ${reason}`
      : `left out ${paths.length} files (${some(paths)}): each ${reason}`;
  });
}

/** A line on hidden files and the like; undefined where there are none. */
export function describeLitter(litter: readonly string[]): string | undefined {
  if (litter.length === 0) return undefined;
  const names = [...new Set(litter.map((path) => path.slice(path.lastIndexOf("/") + 1)))];
  return `passed over ${counted(litter.length, "hidden file")} and the like (${some(names)})`;
}

/** A line on files beside the photos; undefined where there are none. */
export function describeSidecars(sidecars: readonly string[]): string | undefined {
  if (sidecars.length === 0) return undefined;
  const kinds = [...new Set(sidecars.map((path) => endingOf(path)))];
  return `passed over ${counted(sidecars.length, "file")} that ` +
    `${sidecars.length === 1 ? "is no photo" : "are no photos"} (${some(kinds)})`;
}

/** ".txt"; the whole of a path that has no ending. */
const endingOf = (path: string) => /[^/](\.[^/.]*)$/.exec(path)?.[1].toLowerCase() ?? path;

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** "a, b, c and 4 more" */
export function some(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
