import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { activate, type Activation } from "../../../backend/ops/activation.ts";
import { assertNear, noise, withGradients } from "../compare.ts";
import type { Subject } from "./subject.ts";

const ALL: Activation[] = [
  "linear",
  "relu",
  "relu6",
  "hardSwish",
  "silu",
  "hardSigmoid",
  "sigmoid",
];

/** In double precision, by the definitions. */
const EXACT: Record<string, (x: number) => number> = {
  hardSwish: (x) => x * Math.min(Math.max(x + 3, 0), 6) / 6,
  silu: (x) => x / (1 + Math.exp(-x)),
  hardSigmoid: (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

export function activationContract(subject: Subject): void {
  subject.test("each activation alone, and its gradient, agree with stock tfjs", async () => {
    for (const activation of ALL) {
      for (const shape of [[1], [7], [3, 5], [2, 5, 7, 16], [4, 1280]]) {
        await subject.agreesWithStock(`${activation} of [${shape}]`, () => {
          return withGradients([tf.mul(noise(shape, 1), 8)], (x) => activate(x, activation));
        });
      }
    }
  });

  subject.test("activations that bend are near their definitions wherever they are", async () => {
    const x = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 16);
    for (const [activation, exact] of Object.entries(EXACT)) {
      const [y] = await subject.valuesOf(() => [
        activate(tf.tensor1d(x), activation as Activation),
      ]);
      const expected = Array.from(x, exact);
      y.forEach((value, i) => {
        const error = Math.abs(value - expected[i]);
        assert.ok(error <= 1e-6 * Math.abs(expected[i]) + 1e-7, `${activation} of ${x[i]}`);
      });
    }
  });

  subject.test("an activation that bends passes on what is no number", async () => {
    for (const activation of ["silu", "hardSwish"] as const) {
      const [y] = await subject.valuesOf(() => {
        const x = tf.tensor1d([1, NaN, 2, 3, 4, 5, 6, 7, 8]);
        return [activate(x, activation)];
      });
      assert.equal(y.findIndex(Number.isNaN), 1, activation);
      assertNear(activation, y.slice(2, 3), [EXACT[activation](2)], 1e-6);
    }
  });
}
