import { counted, percent, percentRange } from "./percent.ts";

/** A share of photos that were answered rightly. */
export interface Accuracy {
  accuracy: number;
  correct: number;
  total: number;
  /** Wilson's 95% interval. */
  interval: readonly [number, number];
}

/**
 * `right on 147 of the 153 photos kept aside (validation accuracy 96.1%; 91.7% to 98.2% with 95%
 * confidence)`: first what anyone understands, then what the field calls it.
 */
export function accuracyInWords({ accuracy, correct, total, interval }: Accuracy): string {
  const photos = `the ${counted(total, "photo")}`;
  return `right on ${correct} of ${photos} kept aside (validation accuracy ${percent(accuracy)}; ` +
    `${percentRange(interval)} with 95% confidence)`;
}
