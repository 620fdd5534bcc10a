import type { Objective } from "./lbfgs.ts";

/** Where a search stands: a place, and what the objective is there. */
export interface Place {
  x: Float64Array<ArrayBuffer>;
  value: number;
  gradient: Float64Array<ArrayBuffer>;
}

/** Share of the slope that a step must bring down the value by. */
const DECREASE = 1e-4;
/** Share of the slope that may be left at the step's end. */
const CURVATURE = 0.9;
/** Differences of values below this share of them are rounding. */
const ROUNDING = 1e-14;
const MOST_TRIALS = 40;

/**
 * A step along `direction` that satisfies the strong Wolfe conditions: Nocedal and Wright, algorithm
 * 3.5, with the bracket narrowed by the secant of the slopes. Next to a minimum, where values differ
 * by rounding alone, the slopes decide, as in Hager and Zhang 2005, https://doi.org/10.1137/030601880.
 *
 * @param first length of the step to try first, as a multiple of `direction`
 * @returns undefined where float64 shows no way down along `direction`
 */
export function searchLine(
  objective: Objective,
  from: Place,
  direction: Float64Array,
  first: number,
): Place | undefined {
  const slopeAt = (gradient: Float64Array) => {
    let slope = 0;
    for (let i = 0; i < direction.length; i++) slope += gradient[i] * direction[i];
    return slope;
  };
  const startSlope = slopeAt(from.gradient);
  if (!(startSlope < 0)) return undefined;
  // Too short lies below, too long above; Infinity while no step was too long.
  let low = 0, lowSlope = startSlope, high = Infinity, highSlope = NaN;
  let length = first;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const place = evaluate(objective, from.x, direction, length);
    const slope = slopeAt(place.gradient);
    const rise = place.value - from.value;
    const lower = rise <= DECREASE * length * startSlope;
    const level = Math.abs(rise) <= ROUNDING * Math.abs(from.value) &&
      slope <= (2 * DECREASE - 1) * startSlope;
    if ((lower || level) && Math.abs(slope) <= -CURVATURE * startSlope) return place;
    if ((lower || level) && slope < 0) [low, lowSlope] = [length, slope];
    else [high, highSlope] = [length, slope];
    length = high === Infinity ? 4 * length : within(low, lowSlope, high, highSlope);
  }
  return undefined;
}

/** Where the slope would be zero if it were straight between the two, kept away from both. */
function within(low: number, lowSlope: number, high: number, highSlope: number): number {
  const secant = low - lowSlope * (high - low) / (highSlope - lowSlope);
  const margin = 0.1 * (high - low);
  // A slope that is not above zero, or no number, crosses zero nowhere between.
  if (!(highSlope > 0) || !Number.isFinite(secant)) return (low + high) / 2;
  return Math.min(Math.max(secant, low + margin), high - margin);
}

function evaluate(
  objective: Objective,
  start: Float64Array,
  direction: Float64Array,
  length: number,
): Place {
  const x = new Float64Array(start.length), gradient = new Float64Array(start.length);
  for (let i = 0; i < x.length; i++) x[i] = start[i] + length * direction[i];
  const value = objective(x, gradient);
  return { x, value, gradient };
}
