/** A mean loss that is no more than so many times another may come down again. */
export const CLEAR_RISE = 1.05;
/** So many standard errors are no chance. */
const STANDARD_ERRORS = 5;

/**
 * Whether some of the photos show well enough that losses have risen: their mean by a twentieth of
 * what it was, and the photos' own differences by five standard errors.
 *
 * @param before losses, [all photos]
 * @param now the same photos' losses; those of `photos` are known
 */
export function risesClearly(
  before: Float64Array,
  now: Float64Array,
  photos: readonly number[],
): boolean {
  const meanBefore = meanOf(photos.map((i) => before[i]));
  const differences = photos.map((i) => now[i] - before[i]);
  const rise = meanOf(differences);
  const variance = meanOf(differences.map((difference) => (difference - rise) ** 2));
  return rise > (CLEAR_RISE - 1) * meanBefore &&
    rise > STANDARD_ERRORS * Math.sqrt(variance / photos.length);
}

const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
