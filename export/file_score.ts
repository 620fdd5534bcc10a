import { counted, percent } from "../data/statistics/percent.ts";

/** What photos that were kept aside, asked of an exported file itself, say of it. */
export interface FileScore {
  correct: number;
  /** Photos asked, evenly chosen of as many as there are. */
  total: number;
  of: number;
  /** What the model itself said of the same photos, and of how many the same; where that is known. */
  model?: { correct: number; same: number };
}

/**
 * `right on 145 (94.8%) of the 153 photos kept aside; the model itself on 147 (96.1%), with the same
 * label on 151`
 */
export function fileScoreInWords({ correct, total, of, model }: FileScore): string {
  const photos = total < of
    ? `${counted(total, "photo")} (evenly chosen of the ${of} kept aside)`
    : `the ${counted(total, "photo")} kept aside`;
  const share = (count: number) => `${count} (${percent(count / total)})`;
  const own = `right on ${share(correct)} of ${photos}`;
  if (!model) return own;
  return `${own}; the model itself on ${
    share(model.correct)
  }, with the same label on ${model.same}`;
}
