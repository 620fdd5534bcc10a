import assert from "node:assert/strict";
import { planEpoch } from "../../data/epoch_plan.ts";
import { Generator } from "../../data/torch_random.ts";
import { drawWeighted } from "../../data/weighted_sampler.ts";
import fixture from "../fixtures/data/weighted_sampler.json" with { type: "json" };

Deno.test("epochs of weighted photos have the order of torch's DataLoader with a WeightedRandomSampler", () => {
  for (const { seed, weights, epochs } of fixture) {
    const generator = new Generator(seed);
    const photos = weights.map(() => ({ width: 8, height: 8 }));
    for (const expected of epochs) {
      const options = { batchSize: 4, shuffle: true, crop: false, weights };
      const plan = [...planEpoch(generator, photos, options)];
      assert.deepEqual(plan.flatMap(({ indices }) => indices), expected, `seed ${seed}`);
      assert.ok(plan.every(({ indices }) => indices.length <= 4));
    }
  }
});

Deno.test("photos come as often as they weigh", () => {
  const weights = [1, 0, 3, 4], counts = [0, 0, 0, 0];
  const generator = new Generator(3);
  for (let i = 0; i < 2000; i++) {
    for (const index of drawWeighted(generator, weights)) counts[index]++;
  }
  // Five standard deviations of 8000 draws are under 0.03.
  counts.forEach((count, i) => assert.ok(Math.abs(count / 8000 - weights[i] / 8) < 0.03));
  assert.equal(counts[1], 0);
});
