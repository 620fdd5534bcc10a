/** The compiled kernels as JavaScript sees them; kernels/index.ts exports them. */
export interface Kernels {
  dispatch(): number;
  join(): number;
  workerLoop(thread: number): void;
  finishStatistics(
    partials: number,
    counts: number,
    parts: number,
    channels: number,
    gamma: number,
    beta: number,
    runningMean: number,
    runningVariance: number,
    momentum: number,
    epsilon: number,
    state: number,
  ): void;
  finishGradientStatistics(
    partials: number,
    parts: number,
    channels: number,
    rows: number,
    gamma: number,
    state: number,
    coefficients: number,
    dgamma: number,
    dbeta: number,
  ): void;
  foldStatistics(
    gamma: number,
    beta: number,
    mean: number,
    variance: number,
    channels: number,
    epsilon: number,
    state: number,
  ): void;
  repeatProduct(
    a: number,
    packed: number,
    c: number,
    rows: number,
    K: number,
    columns: number,
    wide: 0 | 1,
    repetitions: number,
  ): void;
}

export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Kernels {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as Kernels;
}
