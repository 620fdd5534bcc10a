/**
 * What products are computed in where no gradient will be: floats, or integers of 16 bits with a
 * unit for each row and each column (wasm/operations/integers.ts).
 */
export const PRECISIONS = ["float32", "int16"] as const;
export type Precision = typeof PRECISIONS[number];
