/** A fall of fewer points is noise. */
const SHORTEST = 5;

/**
 * In the middle of the longest fall, as fastai's `valley` (fastai/callback/schedule.py): the longest
 * series of points, neighbours or not, each lower than the one before; half of it behind its first
 * third. Where nothing falls, fastai gives the highest rate of all.
 *
 * @returns null where no fall has five points
 */
export function suggestRate(rates: readonly number[], losses: readonly number[]): number | null {
  const lengths = losses.map(() => 1);
  let end = 0, start = 0;
  for (let i = 1; i < losses.length; i++) {
    for (let j = 0; j < i; j++) {
      if (losses[i] < losses[j] && lengths[i] < lengths[j] + 1) lengths[i] = lengths[j] + 1;
      if (lengths[end] < lengths[i]) [end, start] = [i, i - lengths[i]];
    }
  }
  if (losses.length === 0 || lengths[end] < SHORTEST) return null;
  const third = Math.floor((end - start) / 3);
  return rates[Math.max(0, start + third + Math.floor(third / 2))];
}
