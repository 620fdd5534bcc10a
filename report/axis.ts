/** Ticks at round numbers, and the range that they span. */
export interface Axis {
  low: number;
  high: number;
  ticks: number[];
}

/** Beyond these sizes arithmetic on the values overflows or loses them. */
const SMALLEST = 1e-300;
const LARGEST = 1e300;

/** Whether a value can be drawn. */
export function isDrawable(value: number): boolean {
  return Math.abs(value) < LARGEST;
}

/**
 * An axis that holds all values that can be drawn, from a round number to a round number, with
 * about five ticks. Without values it goes from 0 to 1.
 * @param bounds what values can be: where all are the same, the axis goes around them, not beyond
 */
export function axisOf(values: number[], bounds: [least: number, most: number]): Axis {
  const drawn = values.filter(isDrawable);
  let [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  const [least, most] = [Math.min(bounds[0], low), Math.max(bounds[1], high)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (drawn.length === 0 || size < SMALLEST) [low, high] = [0, 1];
  else if (high - low < size * 1e-9) {
    [low, high] = [Math.max(least, low - size / 10), Math.min(most, high + size / 10)];
  }
  const step = roundStep((high - low) / 5);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { low: ticks[0], high: ticks[ticks.length - 1], ticks };
}

/** Ticks for whole numbers `low` to `high`, at most `count` of them. */
export function wholeTicks(low: number, high: number, count: number): number[] {
  const step = Math.max(1, Math.ceil(roundStep((high - low) / count)));
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, i) => first + i * step);
}

/** The least of 1, 2, 5, 10… times a power of ten that is not below `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].find((factor) => factor * power >= step * (1 - 1e-9))! * power;
}
