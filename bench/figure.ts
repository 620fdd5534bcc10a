/** What a benchmark prints. */

/** One figure, as `--json` prints it. */
export interface Figure {
  bench: string;
  backend: string;
  device: string;
  model: string;
  batch: number;
  threads: number;
  unit: "ms" | "s";
  median: number;
  min: number;
  /** What the first steps took together, in which a GPU's kernels are compiled and recorded. */
  first?: number;
  peer?: string;
  /** In which of its ways the peer was fastest, where it has several. */
  peer_format?: string;
  peer_median?: number;
  peer_min?: number;
}

/** The middle value, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A line for people; ratios below 1 are ours. */
export function describe(
  { bench, model, unit, median, min, first, peer, peer_format, peer_median, peer_min }: Figure,
): string {
  const ms = (value: number) => `${value.toFixed(unit === "s" ? 2 : 1).padStart(8)} ${unit}`;
  const own = `${model} ${bench.padEnd(14)} median ${ms(median)}, min ${ms(min)}` +
    (first === undefined ? "" : `, the first six ${ms(first).trim()}`);
  if (!peer) return own;
  const other = [peer, peer_format].filter(Boolean).join(", ");
  return `${own}; ${other} ${ms(peer_median!)}, ${ms(peer_min!)}; ratio ` +
    `${(median / peer_median!).toFixed(2)} (min ${(min / peer_min!).toFixed(2)})`;
}
