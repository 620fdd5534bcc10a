import assert from "node:assert/strict";
import fc from "fast-check";
import { thresholdFor } from "../../data/statistics/abstention_in_words.ts";
import { abstention } from "../../inference/abstention.ts";
import { calibrated, type Labelled } from "../../inference/calibration.ts";

/** Whole margins, so that many photos are equally sure. */
const photo = fc.record({
  label: fc.nat(1),
  logits: fc.tuple(fc.integer({ min: -4, max: 4 }), fc.constant(0)),
});
const photos = fc.array(photo, { minLength: 100, maxLength: 160 });

/** What each probability, as a threshold, comes to: tried one by one. */
function triedOneByOne(all: readonly Labelled[], temperature: number) {
  const answers = all.map(({ logits, label }) => {
    const [a, b] = calibrated(logits, temperature);
    return { probability: Math.max(a, b), isRight: (a >= b ? 0 : 1) === label };
  });
  return [0, ...answers.map(({ probability }) => probability)].map((threshold) => {
    const given = answers.filter(({ probability }) => probability >= threshold);
    return { answered: given.length, correct: given.filter(({ isRight }) => isRight).length };
  });
}

Deno.test("for any share that is wanted, no other threshold is right so often and answers more", () => {
  fc.assert(fc.property(
    photos,
    fc.double({ min: 0.01, max: 0.999, noNaN: true }),
    fc.double({ min: 0.3, max: 3, noNaN: true }),
    (all, target, temperature) => {
      const found = thresholdFor(abstention(all, temperature)!, target);
      const reach = triedOneByOne(all, temperature)
        .filter(({ answered, correct }) => answered >= 30 && correct >= target * answered);
      const most = Math.max(...reach.map(({ answered }) => answered));
      assert.equal(found?.answered, reach.length === 0 ? undefined : most);
      if (!found) return;
      const given = all.filter(({ logits }) =>
        Math.max(...calibrated(logits, temperature)) >= found.probability
      );
      assert.equal(given.length, found.answered);
      assert.ok(found.correct >= target * found.answered);
    },
  ));
});

Deno.test("what thresholds come to on a test is counted there, by the thresholds of val", () => {
  fc.assert(fc.property(photos, fc.array(photo, { maxLength: 40 }), (val, test) => {
    const { thresholds, test: tested } = abstention(val, 1, test)!;
    assert.deepEqual(thresholds, abstention(val, 1)!.thresholds);
    assert.equal(tested!.total, test.length);
    thresholds.forEach(({ probability }, i) => {
      const given = test.filter(({ logits }) => Math.max(...calibrated(logits, 1)) >= probability);
      assert.equal(tested!.thresholds[i].answered, given.length);
      const right = given.filter(({ logits: [a], label }) => (a >= 0 ? 0 : 1) === label);
      assert.equal(tested!.thresholds[i].correct, right.length);
    });
  }));
});

Deno.test("fewer than 100 photos choose no threshold", () => {
  const of = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ label: 0, logits: [i / 10, 0] }));
  assert.equal(abstention(of(99), 1), undefined);
  assert.equal(abstention(of(100), 1)!.total, 100);
});
