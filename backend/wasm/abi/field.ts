/** The words in which records and kernels' arguments are described. */

export interface Field {
  /** `address`, `i32`, `flag` (0 or 1) and `f32` are a word, `f64` two; else a code's or a record's name. */
  type: string;
  doc?: string;
}

/** By name, in the order in which they lie in memory. */
export type Fields = Record<string, Field>;

export interface RecordSpec {
  doc: string;
  fields: Fields;
  /**
   * Where it lies: among kernels' arguments; ahead of them; in a table that they point to; or in
   * scratch, where only kernels write it.
   */
  home: "arguments" | "header" | "table" | "scratch";
}

export interface KernelSpec {
  /** Which of the kernels' files has its function, `${name}Chunk`. */
  file: string;
  fields: Fields;
}

const field = (type: string) => (doc?: string): Field => ({ type, doc });

export const address = field("address"), flag = field("flag"), i32 = field("i32");
export const f32 = field("f32"), f64 = field("f64");

export const activation = field("ActivationCode"), sourceKind = field("SourceKind");
export const rowReading = field("RowReading"), binaryOperation = field("BinaryOperation");

export const source = field("Source"), gather = field("Gather"), epilogue = field("Epilogue");
export const bands = field("DepthwiseBands"), expansion = field("Expansion");
export const groupedBands = field("GroupedBands");
export const gradientStatistics = field("GradientStatistics");
