/** By how many photos networks are compared, before anything is known of the photos. */

/** More tell networks apart hardly better, and take longer. */
const MOST = 1000;
/** Fewer tell nothing apart. */
const LEAST = 100;
/** Of a time budget, comparing may take so much. */
const SHARE = 1 / 4;

/**
 * Seconds that a network takes for a photo on two cores of an AMD EPYC (Zen 4): to look at it, between
 * MobileNetV2 and EfficientNet-Lite2, and to be chosen or not by it, in all parts of both
 * cross-validations.
 */
export const LOOK = 0.04, CHOOSE = 0.1;

/**
 * Of the photos to train on, networks are compared by so many at most, each class in proportion: so many
 * that it takes no more than its share of a time budget.
 *
 * @param timeBudget in seconds
 */
export function comparedPhotos(networks: number, timeBudget?: number): number {
  if (timeBudget === undefined || networks < 2) return MOST;
  const affordable = Math.floor(SHARE * timeBudget / (networks * (LOOK + CHOOSE)));
  return Math.min(MOST, Math.max(LEAST, affordable));
}

/** For people; undefined where the budget takes nothing away. */
export function describeRace(networks: number, timeBudget?: number): string | undefined {
  const photos = comparedPhotos(networks, timeBudget);
  if (photos === MOST) return undefined;
  return `networks are compared by ${photos} photos at most, each class in proportion, so that it ` +
    `takes no more than about a quarter of the time budget of ${timeBudget} s` +
    (photos === LEAST
      ? ", or little more: fewer photos would tell nothing. Name one network with --model to spare it"
      : "; name fewer networks with --model, or give more time, to compare them by more");
}
