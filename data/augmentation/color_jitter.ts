import type { Generator } from "../torch_random.ts";
import type { PixelChange } from "./pixel_change.ts";

const KINDS = ["brightness", "contrast", "saturation"] as const;

/** Draws as `v2.ColorJitter(jitter, jitter, jitter)` does: a factor each, and their order. */
export function drawColorJitter(generator: Generator, jitter: number): PixelChange[] {
  const order = Array.from(generator.randperm(4)); // the fourth is hue, which stays
  const factors = KINDS.map(() => generator.uniform(Math.max(0, 1 - jitter), 1 + jitter));
  return order.filter((i) => i < KINDS.length).map((i) => ({ kind: KINDS[i], factor: factors[i] }));
}
