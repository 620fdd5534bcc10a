/** A box that is blotted out: Zhong et al. 2017, https://arxiv.org/abs/1708.04896. */
import type { Box } from "../resize.ts";
import { roundHalfEven } from "../round_half_even.ts";
import type { Generator } from "../torch_random.ts";

/** Of the square's area, and height over width. */
const AREA = [0.02, 0.33] as const;
const LOG_RATIO = [0.3, 3.3].map((ratio) => Math.fround(Math.log(Math.fround(ratio))));
const TRIES = 10;

/**
 * Draws as `v2.RandomErasing(p)` does for a square: where normalised values become 0; undefined for
 * nowhere. As in `drawCrop`, the exponential may differ from torch's in its last bit.
 */
export function drawErasing(generator: Generator, size: number, p: number): Box | undefined {
  if (generator.uniform() >= p) return undefined;
  for (let i = 0; i < TRIES; i++) {
    const area = size * size * generator.uniform(AREA[0], AREA[1]);
    const ratio = Math.fround(Math.exp(generator.uniform(LOG_RATIO[0], LOG_RATIO[1])));
    const height = roundHalfEven(Math.sqrt(area * ratio));
    const width = roundHalfEven(Math.sqrt(area / ratio));
    if (height >= size || width >= size) continue;
    const top = generator.randint(0, size - height + 1);
    const left = generator.randint(0, size - width + 1);
    return { left, top, width, height };
  }
}
