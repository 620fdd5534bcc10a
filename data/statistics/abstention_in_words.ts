/** What it costs to be right as often as one wants: photos that are then not answered. */
import { counted, percent, percentRange } from "./percent.ts";
import { wilsonInterval } from "./wilson_interval.ts";

interface Answered {
  answered: number;
  correct: number;
}

/** As `inference/abstention.ts` has it. */
export interface Abstaining {
  total: number;
  thresholds: (Answered & { probability: number })[];
  test?: { total: number; thresholds: Answered[] };
}

export interface ChosenThreshold extends Answered {
  /** The winning probability from which on the model answers; 0 where it answers always. */
  probability: number;
  /** Photos that were asked about, answered or not, and what they are called. */
  total: number;
  photos: "test photo" | "val photo";
}

/**
 * The threshold that withholds the fewest answers among those that are right as often as is wanted,
 * chosen on val, told by test where there is one; undefined where none is.
 * @param target share of answers that are to be right, in 0…1
 */
export function thresholdFor(
  { total, thresholds, test }: Abstaining,
  target: number,
): ChosenThreshold | undefined {
  const at = thresholds.findIndex(({ answered, correct }) => correct >= target * answered);
  if (at < 0) return undefined;
  return test
    ? { ...thresholds[at], ...test.thresholds[at], total: test.total, photos: "test photo" }
    : { ...thresholds[at], total, photos: "val photo" };
}

/** `16 of 200 test photos (8.0%)` */
export function withheldInWords({ answered, total, photos }: ChosenThreshold): string {
  const withheld = total - answered;
  return `${withheld} of ${counted(total, photos)} (${percent(withheld / total)})`;
}

/** `178 of the 184 that are answered (96.7%; 93.1% to 98.5% with 95% confidence)` */
export function answeredInWords({ answered, correct }: ChosenThreshold): string {
  if (answered === 0) return "none, as none is answered";
  return `${correct} of the ${answered} that are answered (${percent(correct / answered)}; ` +
    `${percentRange(wilsonInterval(correct, answered))} with 95% confidence)`;
}
