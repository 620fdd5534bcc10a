import assert from "node:assert/strict";
import { shareCorrection } from "../../../training/balance.ts";
import { balancePhotos } from "../../../training/probe/balance_photos.ts";
import { choosePenalty } from "../../../training/probe/choose_penalty.ts";
import { fitProbe } from "../../../training/probe/fit_probe.ts";
import { takePhotos } from "../../../training/probe/labelled_features.ts";
import { randomFeatures } from "./random_features.ts";

const OPTIONS = { nSplits: 3, seed: 5, Cs: [1e-2, 1] };
const even = randomFeatures({ stream: 820, photos: 90, features: 8, classes: 3 });
const rows = [...even.labels.keys()].filter((i) => even.labels[i] !== 0 || i % 5 === 0);
const uneven = takePhotos(even, Int32Array.from(rows));
const counts = [0, 1, 2].map((label) => uneven.labels.filter((of) => of === label).length);

Deno.test("a head that is not balanced is the chosen one as it is, also where counts do not ask for it", () => {
  assert.deepEqual(fitProbe(uneven, "none", OPTIONS), {
    ...choosePenalty(uneven, OPTIONS),
    balance: "none",
  });
  assert.equal(fitProbe(uneven, undefined, OPTIONS).balance, "none");
  assert.equal(fitProbe(even, "auto", OPTIONS).balance, "none");
});

for (const balance of ["loss", "sample"] as const) {
  Deno.test(`a head with balance ${balance} has its biases moved to the true shares, its weights not`, () => {
    const fitted = fitProbe(uneven, balance, OPTIONS);
    const before = choosePenalty(balancePhotos(uneven, balance, OPTIONS.seed), OPTIONS);
    assert.deepEqual(fitted.classifier.coef, before.classifier.coef);
    const offsets = shareCorrection(before.outOfFold.probabilities, counts);
    fitted.classifier.intercept.forEach((bias, k) =>
      assert.equal(bias, before.classifier.intercept[k] + offsets[k])
    );
    assert.ok(
      offsets[0] < Math.min(offsets[1], offsets[2]),
      "the rare class is named less readily",
    );
  });
}

Deno.test("counts that are uneven ask for weights", () => {
  assert.deepEqual(fitProbe(uneven, "auto", OPTIONS), fitProbe(uneven, "loss", OPTIONS));
});
