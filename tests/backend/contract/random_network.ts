/** Small random convolutional networks, drawn by fast-check, for properties that hold for all. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import type { Activation } from "../../../backend/ops/activation.ts";
import { batchNormTrain } from "../../../backend/ops/batch_norm_train.ts";
import { softmaxCrossEntropy } from "../../../backend/ops/softmax_cross_entropy.ts";
import { noise } from "../compare.ts";

interface Convolution {
  kind: "convolution";
  filters: number;
  size: 1 | 3 | 5;
  stride: 1 | 2;
}

interface Depthwise {
  kind: "depthwise";
  size: 3 | 5;
  stride: 1 | 2;
}

export type Layer = (Convolution | Depthwise | { kind: "max pool" }) & {
  /** Batch norm behind it, or none. */
  activation: Activation | undefined;
  /** Adds the layer's input where the shapes allow. */
  shortcut: boolean;
};

export interface Network {
  batch: number;
  height: number;
  width: number;
  layers: Layer[];
}

const tail = {
  activation: fc.constantFrom<Activation | undefined>(
    "linear",
    "relu",
    "relu6",
    "hardSwish",
    "silu",
    undefined,
  ),
  shortcut: fc.boolean(),
};

const layer: fc.Arbitrary<Layer> = fc.oneof(
  fc.record({
    kind: fc.constant("convolution" as const),
    filters: fc.constantFrom(3, 5, 8, 16, 17, 24),
    size: fc.constantFrom(1 as const, 3 as const, 5 as const),
    stride: fc.constantFrom(1 as const, 2 as const),
    ...tail,
  }),
  fc.record({
    kind: fc.constant("depthwise" as const),
    size: fc.constantFrom(3 as const, 5 as const),
    stride: fc.constantFrom(1 as const, 2 as const),
    ...tail,
  }),
  fc.record({ kind: fc.constant("max pool" as const), ...tail }),
);

export const network: fc.Arbitrary<Network> = fc.record({
  batch: fc.constantFrom(1, 3, 4, 7),
  height: fc.integer({ min: 6, max: 13 }),
  width: fc.integer({ min: 6, max: 13 }),
  layers: fc.array(layer, { minLength: 1, maxLength: 6 }),
});

/** Loss, and its gradient with respect to every parameter. */
export function lossAndGradients({ batch, height, width, layers }: Network): tf.Tensor[] {
  const variables: tf.Variable[] = [];
  const buffers: tf.Variable[] = [];
  let created = 0;
  const parameter = (shape: number[], scale: number, offset = 0) => {
    const values = tf.add(tf.mul(noise(shape, 10 + created++), scale), offset);
    const variable = tf.variable(values);
    variables.push(variable);
    return variable;
  };
  const running = (channels: number) => {
    const variable = tf.variable(tf.zeros([channels]), false) as tf.Variable<tf.Rank.R1>;
    buffers.push(variable);
    return variable;
  };

  // Parameters first: tf.variableGrads wants to know them.
  let channels = 3;
  const stages = layers.map((layer) => {
    const input = channels;
    let filter: tf.Variable | undefined;
    if (layer.kind === "convolution") {
      channels = layer.filters;
      filter = parameter(
        [layer.size, layer.size, input, channels],
        1 / (layer.size * input ** 0.5),
      );
    } else if (layer.kind === "depthwise") {
      filter = parameter([layer.size, layer.size, input, 1], 1 / layer.size);
    }
    const bn = layer.activation && {
      weight: parameter([channels], 0.5, 1) as tf.Tensor as tf.Tensor1D,
      bias: parameter([channels], 0.5) as tf.Tensor as tf.Tensor1D,
      runningMean: running(channels),
      runningVariance: running(channels),
    };
    return { layer, filter, bn };
  });
  const head = parameter([channels, 4], 0.5) as tf.Tensor as tf.Tensor2D;

  const { value, grads } = tf.variableGrads(() => {
    let x = noise([batch, height, width, 3], 1) as tf.Tensor4D;
    for (const { layer, filter, bn } of stages) {
      const input = x;
      if (layer.kind === "convolution") {
        x = tf.conv2d(x, filter as tf.Tensor as tf.Tensor4D, layer.stride, layer.size >> 1);
      } else if (layer.kind === "depthwise") {
        const pad = layer.size >> 1;
        x = tf.depthwiseConv2d(x, filter as tf.Tensor as tf.Tensor4D, layer.stride, pad);
      } else {
        x = tf.maxPool(x, 3, 1, 1);
      }
      const residual = layer.shortcut && tf.util.arraysEqual(input.shape, x.shape)
        ? input
        : undefined;
      if (bn && x.size / x.shape[3] > 1) {
        x = batchNormTrain(x, bn, { activation: layer.activation, residual });
      } else if (residual) {
        x = tf.add(x, residual);
      }
    }
    const labels = tf.tensor1d(Array.from({ length: batch }, (_, i) => i % 4), "int32");
    return softmaxCrossEntropy(tf.matMul(tf.mean(x, [1, 2]) as tf.Tensor2D, head), labels);
  }, variables);
  // A batch norm over a single value is left out above: its parameters have no gradient.
  const used = variables.filter((variable) => grads[variable.name]);
  const results = [value, ...used.map((variable) => grads[variable.name])];
  results.push(...buffers.map((buffer) => buffer.clone()));
  tf.dispose([...variables, ...buffers]);
  return results;
}
