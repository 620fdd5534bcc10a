/**
 * Cuts work that leaves no partial sums so that threads end at the same time. The cut depends on the
 * shape alone, and what is computed does not depend on the cut.
 */
import { cut, MOST_CHUNKS, type Partition, type ProductPartition } from "./partition.ts";

/** Numbers of threads to please, and how much each counts. */
const THREADS: [number, number][] = [[2, 4], [4, 2], [8, 1], [16, 1]];
/** Processor cycles to fetch a chunk. */
const CHUNK_CYCLES = 2000;
/** What reading a panel of weights costs, in rows of the product. */
const WEIGHTS_READING_ROWS = 4;
/** What writing zeros costs, where there is nothing to multiply, in steps of k. */
const ZEROS_DEPTH = 4;
/** Most chunks that columns are cut into for, where other things cut the work already. */
const MOST_PIECES = 64;

const products = new Map<string, ProductPartition>();

/**
 * Of a product [rows, K]·[K, columns].
 *
 * @param readingColumns what reading the rows costs, in columns of the product
 */
export function balancedProduct(
  rows: number,
  K: number,
  columns: number,
  readingColumns: number,
): ProductPartition {
  const key = [rows, K, columns, readingColumns].join();
  const known = products.get(key);
  if (known) return known;
  let best: ProductPartition | undefined, least = Infinity;
  for (const byRows of partitions(rows, 6, MOST_CHUNKS)) {
    const most = Math.floor(MOST_CHUNKS / byRows.chunks);
    for (const byColumns of partitions(columns, 16, most)) {
      const costs: number[] = [];
      for (let i = 0; i < byRows.chunks; i++) {
        for (let j = 0; j < byColumns.chunks; j++) {
          const height = blockCycles(sizeOf(byRows, rows, i)) + WEIGHTS_READING_ROWS;
          const width = sizeOf(byColumns, columns, j) + readingColumns;
          costs.push(height * width * Math.max(K, ZEROS_DEPTH) / 16 + CHUNK_CYCLES);
        }
      }
      const cost = weigh(costs);
      if (cost < least) best = { rows: byRows, columns: byColumns }, least = cost;
    }
  }
  products.set(key, best!);
  return best!;
}

const columnCuts = new Map<string, Partition>();

/**
 * Of the columns of products whose other side is cut already, for the sake of sums that must stay
 * those of the same chunks: pieces of equal height but for the last.
 *
 * @param pieces that the work is cut into: so many, of `perChunk` rows out of `rows` each
 * @param cycles processor cycles of a row and 16 columns
 * @param readingColumns what reading the rows again costs, in columns of the product
 */
export function balancedColumns(
  pieces: Partition,
  rows: number,
  columns: number,
  cycles: number,
  readingColumns: number,
): Partition {
  const key = [pieces.chunks, pieces.perChunk, rows, columns, cycles, readingColumns].join();
  const known = columnCuts.get(key);
  if (known) return known;
  let best: Partition | undefined, least = Infinity;
  for (const partition of partitions(columns, 16, Math.ceil(MOST_PIECES / pieces.chunks))) {
    const costs: number[] = [];
    for (let i = 0; i < pieces.chunks; i++) {
      for (let j = 0; j < partition.chunks; j++) {
        const width = sizeOf(partition, columns, j) + readingColumns;
        costs.push(sizeOf(pieces, rows, i) * width * cycles / 16 + CHUNK_CYCLES);
      }
    }
    const cost = weigh(costs);
    if (cost < least) best = partition, least = cost;
  }
  columnCuts.set(key, best!);
  return best!;
}

const bands = new Map<string, Partition>();

/**
 * Of `count` images of `height` rows, into bands.
 *
 * @param most rows of a band
 * @param rowCycles processor cycles a row
 * @param borderCycles processor cycles for what each band needs besides its rows
 */
export function balancedBands(
  count: number,
  height: number,
  most: number,
  rowCycles: number,
  borderCycles: number,
): Partition {
  const key = [count, height, most, rowCycles, borderCycles].join();
  const known = bands.get(key);
  if (known) return known;
  let best: Partition | undefined, least = Infinity;
  for (const partition of partitions(height, 1, Math.max(MOST_CHUNKS, Math.ceil(height / most)))) {
    if (partition.perChunk > most) continue;
    const costs: number[] = [];
    for (let i = 0; i < count * partition.chunks; i++) {
      const rows = sizeOf(partition, height, i % partition.chunks);
      costs.push(rows * rowCycles + borderCycles + CHUNK_CYCLES);
    }
    const cost = weigh(costs);
    if (cost < least) best = partition, least = cost;
  }
  bands.set(key, best!);
  return best!;
}

function* partitions(count: number, granularity: number, most: number): Generator<Partition> {
  let chunks = 0;
  for (let wanted = 1; wanted <= most; wanted++) {
    const partition = cut(count, wanted, granularity);
    if (partition.chunks > chunks) yield partition;
    chunks = partition.chunks;
  }
}

function sizeOf({ perChunk }: Partition, count: number, index: number): number {
  return Math.min(perChunk, count - index * perChunk);
}

/** Cycles a step of k for 16 columns of so many rows: blocks of six, and smaller ones for the rest. */
function blockCycles(rows: number): number {
  const rest = rows % 6;
  return rows - rest + [0, 4, 4, 8, 4, 8][rest];
}

/** When the last thread ends, if each takes the next chunk as soon as it is idle. */
function weigh(costs: number[]): number {
  let sum = 0;
  for (const [threads, weight] of THREADS) {
    const busy: number[] = Array(threads).fill(0);
    for (const cost of costs) busy[busy.indexOf(Math.min(...busy))] += cost;
    sum += weight * Math.max(...busy);
  }
  return sum;
}
