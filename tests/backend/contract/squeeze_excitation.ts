import * as tf from "@tensorflow/tfjs";
import {
  squeezeExcitation,
  type SqueezeExcitationOptions,
} from "../../../backend/ops/squeeze_excitation.ts";
import { noise, withGradients } from "../compare.ts";
import { normalized } from "./lazy.ts";
import type { Subject } from "./subject.ts";

type Shape4D = [number, number, number, number];

/** Vectors or single channels; one chunk an image, or several of which the last is shorter. */
const SHAPES: [Shape4D, squeezed: number][] = [
  [[3, 4, 5, 17], 5],
  [[2, 7, 7, 96], 24],
  [[1, 61, 33, 40], 8],
];
const MORE: [Shape4D, squeezed: number][] = [
  [[1, 1, 1, 8], 8],
  [[4, 1, 1, 3], 1],
  [[7, 3, 2, 16], 8],
  [[3, 37, 29, 33], 8],
];

/** Of which a chunk of rows has a part of one image, or of two, or all of some. */
const BEFORE_CONVOLUTIONS: Shape4D[] = [[2, 6, 5, 16], [12, 2, 1, 16]];

/** As MobileNetV3 has it, and EfficientNet. */
const KINDS: SqueezeExcitationOptions[] = [
  { activation: "relu", gate: "hardSigmoid" },
  { activation: "silu", gate: "sigmoid" },
];

export function squeezeExcitationContract(subject: Subject): void {
  for (const options of KINDS) {
    const what = `squeeze-and-excitation by ${options.activation} and ${options.gate}`;
    subject.test(`${what}, and its five gradients, agree with stock tfjs`, async () => {
      for (const [shape, squeezed] of subject.shapes(SHAPES, MORE)) {
        await subject.agreesWithStock(`${what} of [${shape}]`, () => {
          return withGradients(inputs(shape, squeezed), (x, ...w) => excite(x, w, options));
        }, 5e-5);
      }
    });

    subject.test(`${what} behind a batch norm, before a convolution: the same`, async () => {
      for (const activation of ["hardSwish", "silu", "relu"] as const) {
        for (const shape of BEFORE_CONVOLUTIONS) {
          await subject.agreesWithStock(`${activation} of [${shape}]`, () => {
            const [x, ...weights] = inputs(shape, 8);
            return withGradients([x, ...weights, noise([1, 1, 16, 8], 7)], (x, ...w) => {
              const y = excite(normalized(x, activation), w, options);
              return tf.conv2d(y, w[4] as tf.Tensor4D, 1, 0);
            });
          }, 1e-4);
        }
      }
    });
  }
}

function inputs(shape: Shape4D, squeezed: number): tf.Tensor[] {
  const channels = shape[3];
  return [
    tf.add(noise(shape, 1), noise([channels], 6)),
    tf.mul(noise([1, 1, channels, squeezed], 2), 4 / Math.sqrt(channels)),
    noise([squeezed], 3),
    tf.mul(noise([1, 1, squeezed, channels], 4), 4 / Math.sqrt(squeezed)),
    noise([channels], 5),
  ];
}

function excite(
  x: tf.Tensor,
  [reduceWeight, reduceBias, expandWeight, expandBias]: tf.Tensor[],
  options: SqueezeExcitationOptions,
): tf.Tensor4D {
  return squeezeExcitation(x as tf.Tensor4D, {
    reduceWeight: reduceWeight as tf.Tensor4D,
    reduceBias: reduceBias as tf.Tensor1D,
    expandWeight: expandWeight as tf.Tensor4D,
    expandBias: expandBias as tf.Tensor1D,
  }, options);
}
