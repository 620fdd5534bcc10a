/** Whether two models differ by more than chance, photo by photo. */
import { Generator } from "../../data/torch_random.ts";

/** Up to so many photos every way to flip is tried. */
const EXACT_UP_TO = 13;
const FLIPS = 10_000;

/**
 * The sign-flip test: how likely a mean at least as far from 0 is, if each photo's difference could as
 * well have been the other way round. It assumes nothing of how differences are spread, which for log
 * losses is very unevenly. Fisher 1935, "The Design of Experiments", section 21.
 *
 * @param differences of one photo each
 * @returns two-sided p value, above 0: what chance did not show in so many tries counts as one of them
 */
export function signFlipTest(differences: ArrayLike<number>, seed = 0): number {
  const n = differences.length;
  let observed = 0;
  for (let i = 0; i < n; i++) observed += differences[i];
  // What only rounding makes smaller is as far.
  const bound = Math.abs(observed) * (1 - 1e-9);
  if (n <= EXACT_UP_TO) {
    const ways = 2 ** n;
    let asFar = 0;
    for (let way = 0; way < ways; way++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += way >> i & 1 ? differences[i] : -differences[i];
      if (Math.abs(sum) >= bound) asFar++;
    }
    return asFar / ways;
  }
  const generator = new Generator(seed);
  let asFar = 1; // the differences as they are
  for (let flip = 0; flip < FLIPS; flip++) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      sum += generator.uniform() < 0.5 ? differences[i] : -differences[i];
    }
    if (Math.abs(sum) >= bound) asFar++;
  }
  return asFar / (FLIPS + 1);
}
