/** Convolutions whose channels come in groups that see each other alone, and their gradients. */
import * as tf from "@tensorflow/tfjs";
import { isServed } from "./served.ts";

/** How the window moves, as tfjs's own convolutions have it. */
export interface GroupedConvAttributes {
  strides: number;
  pad: number | "same" | "valid";
}

/**
 * `torch.nn.functional.conv2d(groups=…)`: outputs and inputs are cut into as many groups, and those of
 * one group see the inputs of the same one alone. How many there are, the filter says. tfjs knows one
 * group, or one a channel (`tf.depthwiseConv2d`).
 *
 * @param x [batch, height, width, channels]
 * @param filter [height, width, channels / groups, output channels]
 * @throws {Error} where the channels cannot be cut into such groups
 */
export function groupedConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { strides, pad }: GroupedConvAttributes,
): tf.Tensor4D {
  const [, , width, filters] = filter.shape, groups = x.shape[3] / width;
  if (!Number.isInteger(groups) || filters % groups !== 0) {
    throw new Error(
      `a filter of [${filter.shape}] does not cut ${x.shape[3]} channels into groups: its third ` +
        `number must divide them, and as many groups must share its ${filters} outputs evenly`,
    );
  }
  if (groups === 1) return tf.conv2d(x, filter, strides, pad);
  // Kernels take the channels of a group in vectors of eight.
  const isOurs = width % 8 === 0 && filters / groups % 8 === 0 && isServed("GroupedConv2D");
  if (!isOurs) return compose(x, filter, groups, { strides, pad });
  return tf.engine().runKernel("GroupedConv2D", { x, filter }, { strides, pad }) as tf.Tensor4D;
}

function compose(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  groups: number,
  { strides, pad }: GroupedConvAttributes,
): tf.Tensor4D {
  return tf.tidy(() => {
    const inputs: tf.Tensor4D[] = tf.split(x, groups, 3);
    const filters: tf.Tensor4D[] = tf.split(filter, groups, 3);
    const outputs = inputs.map((input, i) => tf.conv2d(input, filters[i], strides, pad));
    return tf.concat(outputs, 3);
  });
}

tf.registerGradient({
  kernelName: "GroupedConv2D",
  inputsToSave: ["x", "filter"],
  gradFunc: (dy, [x, filter], attrs) => {
    const gradient = (name: string, inputs: Record<string, tf.Tensor>, shape: object) =>
      tf.engine().runKernel(name, inputs as never, { ...attrs, ...shape } as never) as tf.Tensor;
    return {
      x: () =>
        gradient("GroupedConv2DBackpropInput", { dy: dy as tf.Tensor, filter }, {
          inputShape: x.shape,
        }),
      filter: () =>
        gradient("GroupedConv2DBackpropFilter", { x, dy: dy as tf.Tensor }, {
          filterShape: filter.shape,
        }),
    };
  },
});
