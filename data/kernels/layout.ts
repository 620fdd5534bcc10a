/** Where in their memory things lie that the kernels and who calls them share, in bytes. */

/** Coefficients of a block, dequantised: int32 [8, 8]. */
export const BLOCK = 0;
/** Of each coefficient in the order of the file, where in the block it lies: 64 bytes. */
export const ZIGZAG = 256;
/** A block between its columns and its rows: int32 [2, 8, 4]. */
export const BETWEEN = 320;
/** Codes as a file has them: 16 counts, and up to 256 symbols. */
export const CODES = 576;
/** Of each of three components: 64 int32 in the order of the file. */
export const QUANTISATION = 1024;
export const QUANTISATION_BYTES = 256;
/** Of each of three components: `Component` of jpeg.ts. */
export const COMPONENTS = 1792;
export const COMPONENT_BYTES = 32;
/** `Plan` of jpeg.ts. */
export const PLAN = 1920;
/** Two for DC, two for AC. */
export const TABLES = 2048;
export const TABLE_BYTES = 5120;
/** What is free begins here. */
export const FREE = 22528;
