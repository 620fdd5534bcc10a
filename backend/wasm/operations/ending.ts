import type { EpilogueRecord } from "../generated_abi.ts";

/** What a convolution's kernel does with its output while it is in cache. */
export interface Ending {
  withStatistics: boolean;
  epilogue: EpilogueRecord;
}

export const PRODUCT_ALONE: Ending = {
  withStatistics: false,
  epilogue: { scale: 0, shift: 0, residual: 0, lower: 0, upper: 0 },
};
