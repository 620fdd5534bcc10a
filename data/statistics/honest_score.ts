/** Which of a model's scores can be believed most. */

/** Photos by which a score was measured. */
export type MeasuredOn = "test" | "cross_validated" | "val";

/** Scores of one model: on the photos that choices were made by, and better ones where there are. */
export type Scores<Score> = Score & { test?: Score; cross_validated?: Score };

/**
 * The score to be told first: on test photos, by which nothing was chosen; else the cross-validated
 * one; else the one on val, which flatters a little, since an epoch was chosen by the same photos.
 */
export function honestScore<Score>(scores: Scores<Score>): { score: Score; on: MeasuredOn } {
  const { test, cross_validated } = scores;
  if (test) return { score: test, on: "test" };
  if (cross_validated) return { score: cross_validated, on: "cross_validated" };
  return { score: scores, on: "val" };
}
