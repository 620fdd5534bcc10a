import assert from "node:assert/strict";
import { hashTensor } from "../../bench/certify/hash_numbers.ts";
import { positionWeights } from "../../models/resample_positions.ts";

/** As tests/reference/positions.py writes it. */
interface Case {
  learned: number;
  side: number;
  antialias: boolean;
  offset: number;
  values: number[];
}

const CHANNELS = 2;
const FIXTURE = new URL("../fixtures/models/positions.json", import.meta.url);
const CASES: Case[] = JSON.parse(await Deno.readTextFile(FIXTURE));

for (const { learned, side, antialias, offset, values } of CASES) {
  const how = antialias ? "antialiased" : "by a factor";
  Deno.test(`positions of ${learned}×${learned} on ${side}×${side}, ${how}, are torch's`, () => {
    const grid = hashTensor(learned, [learned, learned, CHANNELS], 1);
    const weights = positionWeights(learned, side, { antialias, offset });
    const [from, to] = [learned * learned, side * side];
    assert.equal(values.length, to * CHANNELS);
    for (let i = 0; i < to; i++) {
      for (let c = 0; c < CHANNELS; c++) {
        let sum = 0;
        for (let j = 0; j < from; j++) sum += weights[i * from + j] * grid[j * CHANNELS + c];
        assert.ok(Math.abs(sum - values[i * CHANNELS + c]) < 1e-6, `token ${i}: ${sum}`);
      }
    }
  });
}

Deno.test("positions that are all alike stay so on any grid", () => {
  for (const antialias of [false, true]) {
    for (let side = 1; side <= 20; side++) {
      const weights = positionWeights(7, side, { antialias, offset: antialias ? 0 : 0.1 });
      for (let i = 0; i < side * side; i++) {
        const sum = weights.subarray(i * 49, (i + 1) * 49).reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - 1) < 1e-5, `${side}: ${sum}`);
      }
    }
  }
});
