/** The compiled kernels as JavaScript sees them; kernels/index.ts exports them. */
export interface Kernels {
  finish(remaining: number): number;
  /** One chunk of the oldest kernel, for measuring; 0 if there is none. */
  takeChunk(thread: number): number;
  workerLoop(thread: number): void;
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
