import { Generator } from "../torch_random.ts";
import { wilsonInterval } from "./wilson_interval.ts";

/** An answer about a photo. */
export interface Outcome {
  isRight: boolean;
  /** Photos that belong together have the same; one without is a group by itself. */
  group?: string;
}

const RESAMPLES = 2000;

/**
 * A 95% interval of the share that was right, where photos of one group are right or wrong together:
 * ten photos of one bird are not ten birds. Groups are drawn again with replacement, and of the shares
 * that come of it the middle 95% are taken (the percentile bootstrap of clusters; Field and Welsh 2007,
 * https://doi.org/10.1111/j.1467-9868.2007.00593.x). It is never narrower than Wilson's interval of the
 * photos; where all are right, or none, it is Wilson's of as many photos as there are groups. The same
 * for the same outcomes, in whatever order.
 *
 * @returns [low, high], within 0…1
 */
export function groupedInterval(outcomes: readonly Outcome[]): [number, number] {
  const byGroup = Map.groupBy(outcomes, ({ group }, i) => group ?? i);
  const groups = [...byGroup.values()].map((members) => ({
    right: members.filter(({ isRight }) => isRight).length,
    total: members.length,
  })).sort((a, b) => a.right - b.right || a.total - b.total);
  const right = groups.reduce((sum, group) => sum + group.right, 0);
  const alone = wilsonInterval(right, outcomes.length);
  if (groups.length < 2) return outcomes.length === 0 ? alone : [0, 1];
  if (right === 0 || right === outcomes.length) {
    return wilsonInterval(right === 0 ? 0 : groups.length, groups.length);
  }
  const generator = new Generator(0);
  const shares = Float64Array.from({ length: RESAMPLES }, () => {
    let [drawnRight, drawn] = [0, 0];
    for (let i = 0; i < groups.length; i++) {
      const group = groups[generator.randint(0, groups.length)];
      drawnRight += group.right;
      drawn += group.total;
    }
    return drawnRight / drawn;
  }).sort();
  const tail = Math.floor(0.025 * RESAMPLES);
  return [Math.min(alone[0], shares[tail]), Math.max(alone[1], shares[RESAMPLES - 1 - tail])];
}
