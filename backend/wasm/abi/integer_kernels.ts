/** Products of 16-bit integers: what becomes of rows and weights before. */
import { address, gather, i32, type KernelSpec, source } from "./field.ts";

export const integerRows: KernelSpec = {
  file: "integer_rows",
  fields: {
    source: source("Of rows that are not gathered."),
    gather: gather(),
    runs: i32("Of taps, if rows are gathered; else 0."),
    out: address("[rows, K], of 16 bits."),
    units: address("Of each row."),
    rows: i32(),
    K: i32("In eights from 16 on."),
    rowsPerChunk: i32(),
  },
};

export const integerWeights: KernelSpec = {
  file: "integer_weights",
  fields: {
    source: address("[K, N]"),
    packed: address("Panels of 16 columns, the last of 8 where they are left: units, then values."),
    K: i32("Even."),
    N: i32("In eights."),
  },
};
