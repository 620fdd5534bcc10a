/** What a convolution's kernel does with its output while it is in cache. */
export interface Ending {
  withStatistics: boolean;
  /** The `Epilogue` record of kernels/epilogue.ts: scale, shift, residual, lower and upper bound. */
  epilogue: number[];
}

export const PRODUCT_ALONE: Ending = { withStatistics: false, epilogue: [0, 0, 0, 0, 0] };
