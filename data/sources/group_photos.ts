/** Photos of one subject, by a rule. */
import type { Shot } from "../exif_time.ts";
import { seriesOf } from "../series.ts";
import { formatGroupRule, type GroupRule } from "./group_rule.ts";
import type { PlannedFile } from "./plan.ts";

/**
 * The name of each photo's group; a photo in none is one by itself.
 *
 * @param shotOf when a photo was taken, as far as it says so
 * @throws {Error} where the rule groups nothing, or all photos into one
 */
export function groupPhotos(
  rule: GroupRule,
  files: readonly PlannedFile[],
  shotOf: (file: PlannedFile) => Shot | undefined,
): Map<PlannedFile, string> {
  const groups = rule.kind === "exif-time"
    ? groupByTime(files, shotOf, rule.seconds)
    : new Map(files.flatMap((file) => {
      const name = rule.kind === "folder" ? folderOf(file) : foundIn(file, rule.pattern);
      return name === undefined ? [] : [[file, name] as const];
    }));
  const names = new Set(groups.values());
  if (names.size === 0) throw new Error(nothingGrouped(rule, files));
  if (names.size === 1 && groups.size === files.length) {
    throw new Error(
      `--group ${formatGroupRule(rule)} puts all ${files.length} photos into one group ` +
        `(${[...names][0]}), of which none could be kept aside: choose groups that are smaller`,
    );
  }
  return groups;
}

/** Below the class folder, of which every class may have one of the same name. */
function folderOf({ file }: PlannedFile): string | undefined {
  const end = file.lastIndexOf("/");
  return end < 0 ? undefined : file.slice(0, end);
}

/** What the first parentheses hold, or all that fits. */
function foundIn({ file }: PlannedFile, pattern: RegExp): string | undefined {
  const match = pattern.exec(file);
  return match ? match[1] ?? match[0] : undefined;
}

function groupByTime(
  files: readonly PlannedFile[],
  shotOf: (file: PlannedFile) => Shot | undefined,
  pause: number,
): Map<PlannedFile, string> {
  return new Map(
    seriesOf(files, shotOf, pause).flatMap((members) => {
      const { camera, seconds } = shotOf(members[0])!;
      const time = new Date(seconds * 1000).toISOString().slice(0, 19);
      const name = [time, ...camera ? [camera] : []].join(" ");
      return members.map((file) => [file, name] as const);
    }),
  );
}

function nothingGrouped(rule: GroupRule, files: readonly PlannedFile[]): string {
  const [first] = files;
  const example = first ? `, such as ${first.className}/${first.file}` : "";
  switch (rule.kind) {
    case "folder":
      return `--group folder finds no photo in a folder below its class's${example}: put the photos ` +
        "of each subject into a folder of its own there, or group them by regex or exif-time";
    case "regex":
      return `--group ${formatGroupRule(rule)} fits the path of no photo below its class folder` +
        `${example}: correct the pattern`;
    case "exif-time":
      return `--group exif-time finds no photo that says when it was taken${example}: group them by ` +
        "folder or regex";
  }
}
