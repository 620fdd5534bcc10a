import assert from "node:assert/strict";
import fc from "fast-check";
import { hashUniform } from "../../bench/certify/hash_numbers.ts";
import { Generator } from "../../data/torch_random.ts";
import { softmax } from "../../models/logits.ts";
import {
  balancedWeights,
  balanceTaken,
  drawnBalanced,
  logitOffsets,
  shareCorrection,
} from "../../training/balance.ts";

interface Fixture {
  name: string;
  support: number[];
  balanced_weights: number[];
}

const fixtures: Fixture[] = JSON.parse(
  await Deno.readTextFile(
    new URL("../fixtures/data/statistics/class_scores.json", import.meta.url),
  ),
);

for (const { name, support, balanced_weights } of fixtures) {
  Deno.test(`scikit-learn's balanced weights: ${name}`, () => {
    const weights = balancedWeights(support);
    // scikit-learn has no weight of a class without photos; here it is 0.
    assert.deepEqual(
      weights.filter((_, i) => support[i] === 0).filter((weight) => weight !== 0),
      [],
    );
    const there = weights.filter((_, i) => support[i] > 0);
    assert.equal(there.length, balanced_weights.length);
    there.forEach((weight, i) => assert.ok(Math.abs(weight - balanced_weights[i]) < 1e-12));
  });
}

Deno.test("classes are uneven from three times as many photos on", () => {
  assert.equal(balanceTaken("auto", [29, 10, 20]), "none");
  assert.equal(balanceTaken("auto", [30, 10, 20]), "loss");
});

const counts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 5 });

Deno.test("as many photos are drawn as there are, each class about as often, none left out", () => {
  fc.assert(fc.property(counts, fc.nat(1000), (counts, seed) => {
    const labels = counts.flatMap((count, label) => Array<number>(count).fill(label));
    const drawn = drawnBalanced(labels, counts.length, new Generator(seed));
    const all = drawn.reduce((a, b) => a + b, 0);
    assert.ok(all >= labels.length && all < labels.length + counts.length);
    const ofClass = counts.map((_, label) =>
      drawn.reduce((sum, times, photo) => sum + (labels[photo] === label ? times : 0), 0)
    );
    const [n, p] = [labels.length, 1 / counts.length];
    for (const times of ofClass) {
      assert.ok(times >= 1);
      assert.ok(
        Math.abs(times - n * p) <= 6 * Math.sqrt(n * p * (1 - p)) + 1,
        `${ofClass} of ${n}`,
      );
    }
    assert.deepEqual(drawnBalanced(labels, counts.length, new Generator(seed)), drawn);
  }));
});

/** Rows of 3 probabilities, none of them 0. */
const answers = fc.array(
  fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
  { minLength: 20, maxLength: 60 },
).map((rows) =>
  Float64Array.from(rows.flatMap((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value) => value / sum);
  }))
);

function meanShares(probabilities: Float64Array, offsets: number[]): number[] {
  const shares = offsets.map(() => 0), rows = probabilities.length / offsets.length;
  for (let at = 0; at < probabilities.length; at += offsets.length) {
    const logits = offsets.map((offset, k) => Math.log(probabilities[at + k]) + offset);
    softmax(logits).forEach((p, k) => shares[k] += p / rows);
  }
  return shares;
}

Deno.test("corrected probabilities come to the true shares, by the only offsets that do so", () => {
  const offset = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(fc.property(answers, offset, offset, (probabilities, first, second) => {
    const mean = (first + second) / 3;
    const right = [first - mean, second - mean, -mean];
    const shares = meanShares(probabilities, right);
    // No further than the ratio of the shares: what needs more is another test's.
    const most = Math.max(...shares.map((share) => Math.abs(Math.log(3 * share))));
    fc.pre(Math.max(...right.map(Math.abs)) < 0.9 * most);
    shareCorrection(probabilities, shares).forEach((offset, k) =>
      assert.ok(Math.abs(offset - right[k]) < 1e-6, `${offset}, not ${right[k]}`)
    );
  }));
});

Deno.test("no correction goes further than the ratio of the shares", () => {
  const counts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 3, maxLength: 3 });
  fc.assert(fc.property(answers, counts, (probabilities, counts) => {
    const offsets = shareCorrection(probabilities, counts);
    const all = counts.reduce((a, b) => a + b, 0);
    const most = Math.max(...counts.map((count) => Math.abs(Math.log(3 * count / all))));
    for (const offset of offsets) assert.ok(Math.abs(offset) <= most + 1e-9);
  }));
});

Deno.test("of probabilities that are right, the correction is the ratio of the shares", () => {
  // Two classes told apart by one measure: normal about -1 and 1, learned from as many of each.
  const [u, v] = [hashUniform(1, 20000), hashUniform(2, 20000)];
  const probabilities = Float64Array.from({ length: 40000 }, (_, at) => {
    const i = at >> 1, label = i % 10 === 0 ? 1 : -1; // one of ten is of the second class
    const normal = Math.sqrt(-2 * Math.log((u[i] + 1) / 2 + 1e-9)) * Math.cos(Math.PI * v[i]);
    const ofSecond = 1 / (1 + Math.exp(-2 * (label + normal)));
    return at & 1 ? ofSecond : 1 - ofSecond;
  });
  const [first, second] = shareCorrection(probabilities, [9, 1]);
  assert.ok(Math.abs(first - second - Math.log(9)) < 0.15, `${first - second}`);
});

Deno.test("a model that is certain of everything moves no further than the ratio of the shares", () => {
  const certain = Float64Array.of(1, 0, 1, 0, 0, 1);
  const offsets = shareCorrection(certain, [9, 1]);
  for (const offset of offsets) assert.ok(Math.abs(offset) <= Math.log(5) + 1e-9, `${offsets}`);
});

Deno.test("what is asked for is done, whatever the counts", () => {
  for (const counts of [[1, 100], [50, 50]]) {
    for (const asked of ["none", "loss", "sample"] as const) {
      assert.equal(balanceTaken(asked, counts), asked);
    }
    assert.equal(balanceTaken(undefined, counts), "none");
  }
});

Deno.test("with the offsets, logits of the true shares are right about photos that come as they weigh", () => {
  const counts = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 8 });
  fc.assert(fc.property(counts, (counts) => {
    const total = counts.reduce((a, b) => a + b);
    const ofTrueShares = counts.map((count) => Math.log(count / total));
    const offsets = logitOffsets(counts);
    // Each class comes as often as any other.
    for (const share of softmax(ofTrueShares.map((logit, k) => logit + offsets[k]))) {
      assert.ok(Math.abs(share - 1 / counts.length) < 1e-12);
    }
  }));
});
