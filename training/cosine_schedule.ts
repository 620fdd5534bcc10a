/**
 * The learning rate of a step, as a share of the highest: it rises in equal steps, and then falls as
 * half a cosine. Matches `SequentialLR` of torch's `LinearLR(start_factor=1 / (warmup + 1))` and
 * `CosineAnnealingLR`, stepped once a batch.
 *
 * @param step counts from 0
 * @param steps of the whole training
 * @param warmup steps before the highest rate
 */
export function cosineSchedule(step: number, steps: number, warmup: number): number {
  if (step < warmup) return (step + 1) / (warmup + 1);
  return (1 + Math.cos(Math.PI * (step - warmup) / (steps - warmup))) / 2;
}
