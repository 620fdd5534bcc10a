import assert from "node:assert/strict";
import fc from "fast-check";
import {
  calibrate,
  calibrated,
  expectedCalibrationError,
  fitTemperature,
  type Labelled,
  negativeLogLikelihood,
} from "../../inference/calibration.ts";
import { hashUniform } from "../../bench/certify/hash_numbers.ts";

/** Photos of two classes whose labels are drawn by the probabilities that the logits over `temperature` give. */
function drawn(count: number, temperature: number): Labelled[] {
  const [margins, draws] = [hashUniform(1, count), hashUniform(2, count)];
  return Array.from({ length: count }, (_, i) => {
    const margin = 6 * margins[i];
    const label = (draws[i] + 1) / 2 < 1 / (1 + Math.exp(-margin)) ? 0 : 1;
    return { label, logits: [margin * temperature, 0] };
  });
}

Deno.test("the temperature by which logits were multiplied is found again", () => {
  for (const temperature of [0.5, 1, 3]) {
    const found = fitTemperature(drawn(4000, temperature));
    assert.ok(Math.abs(Math.log(found / temperature)) < 0.06, `${found} for ${temperature}`);
  }
});

Deno.test("no temperature of a fine grid is likelier than the fitted one", () => {
  const photos = drawn(60, 2);
  const prior = (t: number) => (Math.log(t) / 0.5) ** 2 / 2;
  const cost = (t: number) => 60 * negativeLogLikelihood(photos, t) + prior(t);
  const fitted = cost(fitTemperature(photos));
  for (let log = -4; log <= 4; log += 0.01) assert.ok(fitted <= cost(Math.exp(log)) + 1e-9);
});

Deno.test("few photos, all of them right, do not make a model certain", () => {
  const photos = Array.from({ length: 6 }, (_, i) => ({
    label: i % 2,
    logits: i % 2 ? [0, 2] : [2, 0],
  }));
  const [probability] = calibrated([2, 0], fitTemperature(photos));
  assert.ok(probability > 0.88 && probability < 0.999, `${probability}`);
  assert.equal(fitTemperature([]).toFixed(4), "1.0000");
});

Deno.test("temperature moves no label, and likelihood stays finite for logits of any size", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 2, maxLength: 5 }),
    fc.double({ min: 0.1, max: 10, noNaN: true }),
    (logits, temperature) => {
      const probabilities = calibrated(logits, temperature);
      assert.equal(
        probabilities[logits.indexOf(Math.max(...logits))],
        Math.max(...probabilities),
      );
      assert.ok(Number.isFinite(negativeLogLikelihood([{ logits, label: 0 }], temperature)));
    },
  ));
});

Deno.test("calibration error is the mean gap between what was said and what came", () => {
  const say = (probability: number, right: number, wrong: number) => [
    ...Array.from({ length: right }, () => ({ probability, right: true })),
    ...Array.from({ length: wrong }, () => ({ probability, right: false })),
  ];
  assert.ok(expectedCalibrationError(say(0.8, 8, 2)) < 1e-12);
  assert.ok(Math.abs(expectedCalibrationError(say(0.9, 5, 5)) - 0.4) < 1e-12);
  // Two bins: 10 photos 0.4 off and 30 photos 0.1 off.
  const error = expectedCalibrationError([...say(0.9, 5, 5), ...say(0.6, 15, 15)]);
  assert.ok(Math.abs(error - (10 * 0.4 + 30 * 0.1) / 40) < 1e-12);
  assert.equal(expectedCalibrationError([]), 0);
});

Deno.test("an overconfident model's error falls, measured on photos that the fit did not see", () => {
  const { temperature, ece, nll } = calibrate(drawn(2000, 4));
  assert.ok(temperature > 3 && temperature < 5);
  assert.ok(ece.after < 0.4 * ece.before, `${ece.before} to ${ece.after}`);
  assert.ok(nll.after < nll.before);
});

Deno.test("a temperature that makes unseen photos less likely is left at 1 where that is asked for", () => {
  // Surest where it is wrong, in one photo of each fold but the first: what one fold teaches, the
  // next one contradicts.
  const photos = Array.from({ length: 20 }, (_, i) => ({
    label: i % 5 === 0 && i < 5 ? 1 : 0,
    logits: [i % 5 === 0 ? 12 : 1.2, 0],
  }));
  const always = calibrate(photos);
  assert.ok(always.nll.after > always.nll.before && always.temperature !== 1);
  const { temperature, ece, nll } = calibrate(photos, { onlyIfBetter: true });
  assert.equal(temperature, 1);
  assert.equal(nll.after, nll.before);
  assert.equal(ece.after, ece.before);
});

Deno.test("a temperature that helps is the same whether or not it had to", () => {
  const photos = drawn(500, 4);
  assert.deepEqual(calibrate(photos, { onlyIfBetter: true }), calibrate(photos));
});
