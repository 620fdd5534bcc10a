/** How much more often one tool is right than another, on the same photos. */

export interface PairedDifference {
  /** In points of a percent. */
  difference: number;
  /** 95%, in points, as if answers were independent of each other. */
  interval: [number, number];
}

/**
 * The mean of what one is right of more than the other, photo by photo, and its normal interval.
 *
 * @param pairs answers of both to the same photos, `1` where right
 * @throws {RangeError} where they are of other photos
 */
export function pairedDifference(
  pairs: readonly (readonly [ours: string, theirs: string])[],
): PairedDifference {
  let n = 0, sum = 0, squares = 0;
  for (const [ours, theirs] of pairs) {
    if (ours.length !== theirs.length) {
      throw new RangeError(`${ours.length} answers are not of the same photos as ${theirs.length}`);
    }
    for (let i = 0; i < ours.length; i++) {
      const difference = Number(ours[i]) - Number(theirs[i]);
      n++;
      sum += difference;
      squares += difference * difference;
    }
  }
  const mean = sum / n, half = 1.96 * Math.sqrt((squares / n - mean * mean) / n);
  return {
    difference: 100 * mean,
    interval: [100 * (mean - half), 100 * (mean + half)],
  };
}

/** `+1.2 (0.1…2.3)` */
export function describeDifference({ difference, interval }: PairedDifference): string {
  const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
  return `${signed(difference)} (${interval.map(signed).join("…")})`;
}
