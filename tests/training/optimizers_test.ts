/** Beside torch's own optimisers, in float64: the fixture is of tests/reference/finetune.py. */
import * as tf from "@tensorflow/tfjs";
import { moveAverages } from "../../backend/ops/move_averages.ts";
import { softmaxCrossEntropy } from "../../backend/ops/softmax_cross_entropy.ts";
import { hashTensor } from "../../bench/certify/hash_numbers.ts";
import { AdamW } from "../../training/adam_w.ts";
import { cosineSchedule } from "../../training/cosine_schedule.ts";
import { DecayedSgd } from "../../training/decayed_sgd.ts";
import fixture from "../fixtures/training/finetune.json" with { type: "json" };
import { assertNear } from "../backend/compare.ts";
import { STOCK, type Subject } from "../backend/contract/subject.ts";
import { WASM } from "../backend/wasm/subject.ts";
import { WEBGPU } from "../backend/webgpu/subject.ts";

const { lr, ema, shapes, rates, decays } = fixture;
const STEPS = 5;

function optimiserTests(subject: Subject): void {
  for (const { name, clip, parameters, averages } of fixture.optimizers) {
    const clipped = clip === null ? "" : `, clipped to ${clip}`;
    subject.test(`five steps of ${name}${clipped} and their averages are torch's`, async () => {
      const values = await subject.valuesOf(() => {
        const from = () =>
          shapes.map((shape, i) => tf.variable(tf.tensor(hashTensor(i + 1, shape, 1), shape)));
        const moved = from(), averaged = from();
        const optimizer = create(name, moved, clip);
        for (let step = 0; step < STEPS; step++) {
          tf.tidy(() => {
            const gradients = moved.map((variable, i) => [
              variable.name,
              tf.tensor(hashTensor(100 * (step + 1) + i, shapes[i], 1), shapes[i]),
            ]);
            const now = tf.tensor(optimizer.rates(lr / (step + 1), step), optimizer.rateShape);
            optimizer.step(Object.fromEntries(gradients), now);
            moveAverages(averaged, moved, ema);
          });
        }
        optimizer.dispose();
        const results = [...moved, ...averaged].map((variable) => variable.clone());
        tf.dispose([...moved, ...averaged]);
        return results;
      });
      const flat = values.flatMap((each) => [...each]);
      const half = flat.length / 2;
      assertNear("parameters", flat.slice(0, half), parameters, 2e-6);
      assertNear("averages", flat.slice(half), averages, 2e-6);
    });
  }

  subject.test("cross-entropy with smoothed labels, and its gradient, are torch's", async () => {
    const { smoothing, loss, gradient } = fixture.loss;
    const [value, grad] = await subject.valuesOf(() => {
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
        softmaxCrossEntropy(x as tf.Tensor2D, tf.tensor1d([0, 2, 1, 1], "int32"), smoothing)
      )(tf.tensor2d(hashTensor(7, [4, 3], 5), [4, 3]));
      return [value, grad];
    });
    assertNear("loss", value, [loss], 1e-6);
    assertNear("gradient", grad, gradient, 1e-6);
  });
}

function create(name: string, parameters: tf.Variable[], clip: number | null) {
  return name === "adamw"
    ? new AdamW(parameters, { rates, decays, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, clip)
    : new DecayedSgd(parameters, { rates, decays, momentum: 0.9 }, clip);
}

[STOCK, WASM, WEBGPU].forEach(optimiserTests);

for (const { steps, warmup, rates } of fixture.schedules) {
  Deno.test(`a cosine of ${steps} steps, ${warmup} of them warm-up, is torch's`, () => {
    const ours = rates.map((_, step) => cosineSchedule(step, steps, warmup));
    assertNear("rates", ours, rates, 1e-12);
  });
}
