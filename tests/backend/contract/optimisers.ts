/** What moves parameters: SGD, AdamW, the norm that gradients are clipped by, and moving averages. */
import * as tf from "@tensorflow/tfjs";
import { adamW, adamWStep } from "../../../backend/ops/adam_w.ts";
import { clipScale, globalNorm } from "../../../backend/ops/global_norm.ts";
import { moveAverages } from "../../../backend/ops/move_averages.ts";
import { sgdMomentum } from "../../../backend/ops/sgd_momentum.ts";
import { assertNear, noise, noiseValues } from "../compare.ts";
import type { Subject } from "./subject.ts";

/** More parameters than one dispatch takes. */
const SHAPES = [[1], [7], [3, 3, 5, 17], [200, 100], ...Array(12).fill([33])];

const variables = (seed: number) => SHAPES.map((shape, i) => tf.variable(noise(shape, seed + i)));
const zeros = () => SHAPES.map((shape) => tf.variable(tf.zeros(shape)));

/** What the variables hold in the end; they are disposed. */
function taken(...lists: tf.Variable[][]): tf.Tensor[] {
  const copies = lists.flat().map((variable) => variable.clone());
  tf.dispose(lists);
  return copies;
}

export function optimisersContract(subject: Subject): void {
  subject.test("three steps of SGD with momentum agree with stock tfjs", async () => {
    await subject.agreesWithStock("sgd", () => {
      const parameters = variables(0), buffers = zeros();
      for (let step = 0; step < 3; step++) {
        tf.tidy(() => {
          const gradients = SHAPES.map((shape, i) => noise(shape, 10 * step + i + 7));
          sgdMomentum(parameters, gradients, buffers, 0.1 / (step + 1), 0.9);
        });
      }
      return taken(parameters, buffers);
    });
  });

  subject.test("three steps of AdamW agree with stock tfjs", async () => {
    const settings = {
      beta1: 0.8,
      beta2: 0.95,
      epsilon: 1e-3,
      rates: SHAPES.map((_, i) => i === 2 ? 0 : 1 / (i + 1)),
      decays: SHAPES.map((_, i) => i % 2 === 0 ? 0 : 0.3),
    };
    await subject.agreesWithStock("AdamW", () => {
      const parameters = variables(0), first = zeros(), second = zeros();
      for (let step = 1; step <= 3; step++) {
        tf.tidy(() => {
          const gradients = SHAPES.map((shape, i) => noise(shape, 10 * step + i + 7));
          const scale = tf.scalar(1 / step);
          const changing = tf.tensor1d(adamWStep(0.1 / step, step, settings));
          adamW({ parameters, gradients, first, second }, changing, scale, settings);
        });
      }
      return taken(parameters, first, second);
    });
  });

  subject.test("the norm of many tensors is that of their values in double precision", async () => {
    for (const size of [1, 3, 1000]) {
      const shapes = [...SHAPES, [size]];
      const [norm] = await subject.valuesOf(() => [
        globalNorm(shapes.map((shape, i) => noise(shape, i))),
      ]);
      const values = shapes.flatMap((shape, i) => [
        ...noiseValues(tf.util.sizeFromShape(shape), i),
      ]);
      assertNear("norm", norm, [Math.hypot(...values)], 1e-6);
    }
  });

  subject.test("gradients are scaled to the longest norm, and never made longer", async () => {
    const [short, long] = await subject.valuesOf(() => {
      const gradients = [tf.tensor1d([3, 0]), tf.tensor2d([[0], [4]])];
      return [clipScale(gradients, 50), clipScale(gradients, 2)];
    });
    assertNear("short", short, [1], 0);
    assertNear("long", long, [2 / (5 + 1e-6)], 1e-6);
  });

  subject.test("moving averages agree with stock tfjs", async () => {
    await subject.agreesWithStock("averages", () => {
      const averages = variables(0);
      for (const decay of [0, 0.9, 0.25]) {
        tf.tidy(() =>
          moveAverages(averages, SHAPES.map((shape, i) => noise(shape, 50 + i)), decay)
        );
      }
      return taken(averages);
    });
  });
}
