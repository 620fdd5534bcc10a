/**
 * A share of one as a percentage that claims no more than it knows: only 1 itself reads `100%` and
 * only 0 itself `0%`; what would round to them reads `>99.9%` and `<0.1%`. What is no number, such
 * as the share of no photos, is a dash.
 */
export function percent(share: number, decimals = 1): string {
  if (!Number.isFinite(share)) return "–";
  if (share === 0 || share === 1) return `${100 * share}%`;
  const rounded = (100 * share).toFixed(decimals);
  const least = 10 ** -decimals;
  if (share > 0 && Number(rounded) === 0) return `<${least.toFixed(decimals)}%`;
  if (share < 1 && Number(rounded) === 100) return `>${(100 - least).toFixed(decimals)}%`;
  return `${rounded}%`;
}

/** From one share to another, as percentages. Bounds are computed: what rounding kept from 1 is 1. */
export function percentRange([low, high]: readonly [number, number], decimals = 1): string {
  const clean = (share: number) => percent(Number(share.toFixed(9)), decimals);
  return `${clean(low)} to ${clean(high)}`;
}

/**
 * A count with its noun: `1 photo`, `2 photos`, `0 batches`.
 *
 * @param plural where it is not the noun with an s
 */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
