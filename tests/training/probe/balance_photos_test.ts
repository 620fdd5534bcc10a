import assert from "node:assert/strict";
import { balancePhotos, photosByClass } from "../../../training/probe/balance_photos.ts";
import { shareCorrection } from "../../../training/balance.ts";
import { choosePenalty } from "../../../training/probe/choose_penalty.ts";
import { predictProba } from "../../../training/probe/logistic_regression.ts";
import { matrix } from "../../../training/probe/matrix.ts";
import { hashUniform } from "../../../bench/certify/hash_numbers.ts";

/** 900 photos of one class, 100 of another, whose two features lie about ±1. */
function uneven() {
  const [a, b, c, d] = [1, 2, 3, 4].map((stream) => hashUniform(stream, 1000));
  const labels = Int32Array.from({ length: 1000 }, (_, i) => i % 10 === 0 ? 1 : 0);
  const data = Float32Array.from({ length: 2000 }, (_, at) => {
    const i = at >> 1;
    const noise = at & 1 ? a[i] + b[i] : c[i] + d[i];
    return (labels[i] === 1 ? 0.6 : -0.6) + 1.5 * noise;
  });
  return { features: matrix(1000, 2, data), labels, classes: ["often", "rare"] };
}

for (const balance of ["loss", "sample"] as const) {
  Deno.test(`classes count alike in a fit with balance ${balance}, and shares are true after it`, () => {
    const plain = uneven();
    assert.deepEqual(photosByClass(plain), [900, 100]);
    const photos = balancePhotos(plain, balance, 0);
    const weights = photos.sampleWeight!;
    const ofRare = weights.reduce((sum, weight, i) => sum + (plain.labels[i] ? weight : 0), 0);
    assert.ok(Math.abs(ofRare - 500) < (balance === "loss" ? 1e-9 : 60), `${ofRare}`);
    const { outOfFold, classifier } = choosePenalty(photos, { nSplits: 4, seed: 0, Cs: [0.1, 1] });
    const offsets = shareCorrection(outOfFold.probabilities, [900, 100]);
    const shareOf = (offsets: readonly number[]) => {
      const intercept = classifier.intercept.map((bias, i) => bias + offsets[i]);
      const probabilities = predictProba({ ...classifier, intercept }, plain.features);
      return probabilities.reduce((sum, p, at) => sum + (at % 2 === 1 ? p : 0), 0) / 1000;
    };
    assert.ok(Math.abs(shareOf(offsets) - 0.1) < 0.015, `${shareOf(offsets)}`);
    assert.ok(shareOf([0, 0]) > 0.2, "else nothing was balanced");
  });
}

Deno.test("photos that are not balanced are left as they are", () => {
  const plain = uneven();
  assert.equal(balancePhotos(plain, "none", 0), plain);
});
