/** Bursts that a division tears apart: val or test asks for what was as good as trained on. */
import type { Examined } from "../examined.ts";
import { seriesOf } from "../series.ts";
import { counted } from "../statistics/percent.ts";
import type { Finding } from "./finding.ts";

/** Seconds between photos of a burst: by then hardly anything has moved. */
const PAUSE = 10;

export function seriesFindings(files: readonly Examined[]): Finding[] {
  const photos = files.filter(({ photo, split }) => photo && split);
  // Without a camera's name, photos of many hands would look like one's.
  const shotOf = ({ photo }: Examined) => {
    const shot = photo!.encoding.shot;
    return shot?.camera ? shot : undefined;
  };
  const torn = seriesOf(photos, shotOf, PAUSE)
    .filter((series) => new Set(series.map(({ split }) => split)).size > 1);
  if (torn.length === 0) return [];
  const groups = torn.map((series) => series.map(({ path }) => path));
  const all = counted(groups.flat().length, "photo");
  return [{
    kind: "divided_series",
    severity: "warning",
    title:
      `${all} in ${counted(torn.length, "series", "series")}, taken within ${PAUSE} s of each ` +
      "other, are on both sides of the division: the accuracy may be too high",
    remedy: "Keep each series on one side: move its photos, or leave the division to graft, with " +
      "--group exif-time.",
    files: groups.flat(),
    groups,
  }];
}
