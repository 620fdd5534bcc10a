import assert from "node:assert/strict";
import {
  distanceToNearest,
  references,
  unlikeThreshold,
} from "../../inference/out_of_distribution.ts";
import { hashUniform } from "../../bench/certify/hash_numbers.ts";

const SIZE = 16;
/** Features about a direction, a little off it each. */
function about(centre: number, count: number, stream: number): Float32Array[] {
  return Array.from({ length: count }, (_, i) => {
    const feature = hashUniform(stream + i, SIZE).map((value) => 0.3 * value);
    feature[centre] += 2;
    return Float32Array.from(feature);
  });
}

Deno.test("distance is one minus the cosine to the nearest, whatever the lengths", () => {
  const known = references([Float32Array.of(3, 0), Float32Array.of(0, 5)]);
  assert.ok(Math.abs(distanceToNearest(known, Float32Array.of(1, 1)) - (1 - Math.SQRT1_2)) < 1e-6);
  assert.ok(distanceToNearest(known, Float32Array.of(0, 0.1)) < 1e-6);
  assert.ok(Math.abs(distanceToNearest(known, Float32Array.of(-2, 0)) - 1) < 1e-6);
  assert.ok(Math.abs(distanceToNearest(known, Float32Array.of(2, 0), 0) - 1) < 1e-6);
});

Deno.test("five in a hundred references are beyond the threshold, and what is unlike them is", () => {
  const seen = [...about(0, 50, 1), ...about(1, 50, 100)];
  const known = references(seen);
  const threshold = unlikeThreshold(known)!;
  const beyond = seen.filter((feature, i) => distanceToNearest(known, feature, i) > threshold);
  assert.equal(beyond.length, 5);
  const likes = about(1, 40, 300).filter((one) => distanceToNearest(known, one) > threshold);
  assert.ok(likes.length <= 6, `${likes.length} of 40 like ones`);
  for (const other of about(9, 20, 500)) assert.ok(distanceToNearest(known, other) > threshold);
});

Deno.test("fewer than twenty references cannot say what is unlike them", () => {
  assert.equal(unlikeThreshold(references(about(0, 19, 1))), undefined);
  assert.ok(unlikeThreshold(references(about(0, 20, 1)))! > 0);
  assert.equal(unlikeThreshold(references([])), undefined);
});

Deno.test("of very many photos, two thousand are kept, evenly", () => {
  const features = Array.from({ length: 5000 }, (_, i) => Float32Array.of(1, i));
  const { data, size } = references(features);
  assert.equal(data.length / size, 2000);
  assert.ok(Math.abs(data[3999] / data[3998] - 4997) < 1);
});
