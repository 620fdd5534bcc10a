/**
 * Learning rate of an epoch under `StepLR(stepSize, gamma)`, stepped once an epoch, as
 * torch/optim/lr_scheduler.py computes it: by repeated multiplication.
 */
export function stepLr(initialLr: number, epoch: number, stepSize: number, gamma: number): number {
  let lr = initialLr;
  for (let drop = 0; drop < Math.floor(epoch / stepSize); drop++) lr *= gamma;
  return lr;
}
