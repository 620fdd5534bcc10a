/** Photos that are unlike all others, by features: Kuan and Mueller 2022, as cleanlab does it. */
import { Generator } from "../../data/torch_random.ts";
import type { Matrix } from "../probe/matrix.ts";

/** Neighbours whose mean distance counts. */
const NEIGHBOURS = 10;
/** So far beyond the upper quartile, in interquartile ranges: cleanlab's threshold of 0.37037. */
const BEYOND = 1 / 0.37037 - 1;
/** Photos that each is compared with, at most: more say the same and take time. */
const COMPARED = 4000;

/**
 * Positions of photos whose mean distance (1 - cosine) to the nearest is far beyond what is usual, the
 * farthest first. With fewer photos than neighbours and one, there are none.
 */
export function findOutliers(features: Matrix, seed = 0): number[] {
  const distances = neighbourDistances(features, seed);
  if (distances.length === 0) return [];
  const sorted = distances.toSorted();
  const [q1, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const limit = q3 + BEYOND * (q3 - q1);
  return [...distances.keys()].filter((photo) => distances[photo] > limit)
    .sort((a, b) => distances[b] - distances[a]);
}

function neighbourDistances({ rows, columns, data }: Matrix, seed: number): Float64Array {
  if (rows <= NEIGHBOURS) return new Float64Array(0);
  const unit = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * columns, (row + 1) * columns);
    const norm = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0)) || 1;
    for (let i = 0; i < columns; i++) unit[row * columns + i] = own[i] / norm;
  }
  const others = rows <= COMPARED
    ? [...Array(rows).keys()]
    : [...new Generator(seed).randperm(rows).slice(0, COMPARED)];
  return Float64Array.from({ length: rows }, (_, row) => {
    const nearest: number[] = []; // ascending
    for (const other of others) {
      if (other === row) continue;
      const distance = 1 - dot(unit, row * columns, other * columns, columns);
      if (nearest.length === NEIGHBOURS && distance >= nearest[NEIGHBOURS - 1]) continue;
      let at = nearest.length;
      while (at > 0 && nearest[at - 1] > distance) at--;
      nearest.splice(at, 0, distance);
      if (nearest.length > NEIGHBOURS) nearest.pop();
    }
    return nearest.reduce((sum, distance) => sum + distance, 0) / NEIGHBOURS;
  });
}

/** In four sums, which a processor adds up side by side. */
function dot(data: Float32Array, a: number, b: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += data[a + i] * data[b + i];
    s1 += data[a + i + 1] * data[b + i + 1];
    s2 += data[a + i + 2] * data[b + i + 2];
    s3 += data[a + i + 3] * data[b + i + 3];
  }
  for (; i < length; i++) s0 += data[a + i] * data[b + i];
  return s0 + s1 + s2 + s3;
}

/** numpy's, between neighbours by their distance. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1), below = Math.floor(at);
  const next = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (at - below) * (next - sorted[below]);
}
