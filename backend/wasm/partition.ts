/**
 * How work is cut into chunks: by shape alone, never by the number of threads, so that partial sums
 * and hence results are the same for any number. Enough chunks for many threads to share evenly,
 * each large enough to be worth fetching.
 */

export interface Partition {
  chunks: number;
  perChunk: number;
}

/** Most chunks of one kernel call. */
export const MOST_CHUNKS = 32;
/** Floats that a thread streams through in some tens of microseconds. */
const ELEMENTS_PER_CHUNK = 16384;
/** Channels whose partial results are joined in some microseconds. */
const CHANNELS_PER_CHUNK = 64;
/** Multiply-adds that take some tens of microseconds. */
const MULTIPLICATIONS_PER_CHUNK = 1 << 20;

/** For kernels that stream through rows of `columns` values once. */
export function elementChunks(rows: number, columns: number): Partition {
  return evenly(rows, rows * columns / ELEMENTS_PER_CHUNK, 1);
}

/** For kernels that join partial results, channel by channel. */
export function vectorChunks(channels: number): Partition {
  return evenly(channels, channels / CHANNELS_PER_CHUNK, 8);
}

export interface ProductPartition {
  rows: Partition;
  columns: Partition;
}

/** For a product [rows, K]·[K, columns]: by rows, and where there are few, by columns too. */
export function productChunks(rows: number, K: number, columns: number): ProductPartition {
  const wanted = rows * K * columns / MULTIPLICATIONS_PER_CHUNK;
  // Each range of rows reads all weights again: the more weights, the longer the ranges.
  const fewestRows = Math.max(48, Math.min(196, K * columns / 4096));
  const byRows = evenly(rows, Math.min(wanted, rows / fewestRows), 6);
  const byColumns = evenly(columns, Math.min(16, wanted) / byRows.chunks, 32);
  return { rows: byRows, columns: byColumns };
}

/**
 * For a filter's gradient [K, rows]·[rows, columns]. Cutting the rows costs a partial gradient each,
 * so first the filter itself is cut, into ranges of its `parts` (channels or taps).
 */
export function filterGradientChunks(
  rows: number,
  K: number,
  columns: number,
  parts: number,
  partGranularity: number,
): { rows: Partition; parts: Partition } {
  const wanted = Math.min(16, rows * K * columns / MULTIPLICATIONS_PER_CHUNK);
  // Partial gradients together no larger than the two operands.
  const mostRowChunks = Math.max(1, rows * (K + columns) / (K * columns));
  const byRows = evenly(rows, Math.min(wanted, mostRowChunks), 6);
  const byParts = evenly(parts, wanted / byRows.chunks, partGranularity);
  return { rows: byRows, parts: byParts };
}

/**
 * Rows of a block that is worked on at once, so that its operands stay in a core's second-level
 * cache from one step to the next.
 */
export function blockRows(floatsPerRow: number, rowsPerChunk: number, most = 96): number {
  const fitting = Math.floor(CACHE_BYTES / 4 / floatsPerRow / 6) * 6;
  return Math.max(1, Math.min(rowsPerChunk, Math.max(48, Math.min(most, fitting))));
}

const CACHE_BYTES = 512 * 1024;

/** `count` things in about `wantedChunks` chunks of equal size, a multiple of `granularity`. */
export function evenly(count: number, wantedChunks: number, granularity: number): Partition {
  return cut(count, Math.min(MOST_CHUNKS, Math.max(1, Math.round(wantedChunks))), granularity);
}

/** The same in no more than `most` chunks, however many these are. */
export function cut(count: number, most: number, granularity: number): Partition {
  const perChunk = Math.max(granularity, Math.ceil(count / most / granularity) * granularity);
  return { chunks: Math.max(1, Math.ceil(count / perChunk)), perChunk };
}
