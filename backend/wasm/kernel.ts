/** Numbers of the kernels that threads share, as kernels/run_chunk.ts switches on them. */
export const Kernel = {
  pack: 0,
  conv2d: 1,
  conv2dFilterGradient: 2,
  sumParts: 3,
  depthwise: 4,
  depthwiseFilterGradient: 5,
  depthwiseInputGradient: 6,
  materialize: 7,
  statistics: 8,
  gradientStatistics: 9,
  binary: 10,
  clamp: 11,
  maxPool: 12,
  maxPoolGradient: 13,
  spatialMean: 14,
  sgd: 15,
  winograd: 16,
  winogradFilter: 17,
  winogradTransposedFilter: 18,
  winogradTransform: 19,
  winogradPosition: 20,
  winogradFilterGradient: 21,
  pointwiseGradients: 22,
  depthwiseGradients: 23,
  winogradProduct: 24,
  winogradOutput: 25,
  finishStatistics: 26,
  foldStatistics: 27,
  finishGradientStatistics: 28,
  expandedDepthwise: 29,
  /** Traps in every worker; for tests. */
  trap: 99,
} as const;

export type Kernel = typeof Kernel[keyof typeof Kernel];

/** A float among a kernel's arguments, which are 32-bit words. */
export function floatBits(value: number): number {
  floatView[0] = value;
  return bitsView[0];
}

/** A double among them: two words, at an even place. */
export function doubleBits(value: number): [number, number] {
  doubleView[0] = value;
  return [bitsView[0], bitsView[1]];
}

const doubleView = new Float64Array(1);
const floatView = new Float32Array(doubleView.buffer);
const bitsView = new Uint32Array(doubleView.buffer);
