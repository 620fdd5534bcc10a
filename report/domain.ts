/** Beyond these sizes arithmetic on the values overflows or loses them. */
const SMALLEST = 1e-300;
const LARGEST = 1e300;

/** Whether a value can be drawn. */
export function isDrawable(value: number): boolean {
  return Math.abs(value) < LARGEST;
}

/**
 * What an axis spans to hold all values that can be drawn; without any, 0 to 1.
 * @param bounds what values can be: where all are the same, the axis goes around them, not beyond
 */
export function domainOf(
  values: readonly number[],
  bounds: readonly [least: number, most: number],
): [low: number, high: number] {
  const drawn = values.filter(isDrawable);
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  const [least, most] = [Math.min(bounds[0], low), Math.max(bounds[1], high)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (drawn.length === 0 || size < SMALLEST) return [0, 1];
  if (high - low >= size * 1e-9) return [low, high];
  return [Math.max(least, low - size / 10), Math.min(most, high + size / 10)];
}
