/** Models as a tfjs user writes them, of `tf.layers` and nothing of ours. */
import * as tf from "@tensorflow/tfjs";

const seeded = (seed: number) => tf.initializers.glorotUniform({ seed });

export const STOCK_MODELS: Record<string, (side: number) => tf.Sequential> = {
  cnn: (side) => {
    const convolution = (filters: number, seed: number, inputShape?: number[]) =>
      tf.layers.conv2d({
        filters,
        kernelSize: 3,
        padding: "same",
        activation: "relu",
        kernelInitializer: seeded(seed),
        inputShape,
      });
    return tf.sequential({
      layers: [
        convolution(16, 1, [side, side, 3]),
        convolution(32, 2),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        convolution(64, 3),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        convolution(64, 4),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: 10, activation: "softmax", kernelInitializer: seeded(5) }),
      ],
    });
  },
  mobile: (side) => {
    return tf.sequential({
      layers: [
        tf.layers.conv2d({
          inputShape: [side, side, 3],
          filters: 16,
          kernelSize: 3,
          strides: 2,
          padding: "same",
          useBias: false,
          kernelInitializer: seeded(1),
        }),
        tf.layers.batchNormalization(),
        tf.layers.reLU({ maxValue: 6 }),
        ...separableBlock(32, 1, 10),
        ...separableBlock(64, 2, 20),
        ...separableBlock(64, 1, 30),
        ...separableBlock(128, 2, 40),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: 10, activation: "softmax", kernelInitializer: seeded(5) }),
      ],
    });
  },
};

/** As MobileNet has them (Howard et al. 2017): each channel filtered, then channels mixed. */
export function separableBlock(filters: number, strides: number, seed: number): tf.layers.Layer[] {
  return [
    tf.layers.depthwiseConv2d({
      kernelSize: 3,
      strides,
      padding: "same",
      useBias: false,
      depthwiseInitializer: seeded(seed),
    }),
    tf.layers.batchNormalization(),
    tf.layers.reLU({ maxValue: 6 }),
    tf.layers.conv2d({
      filters,
      kernelSize: 1,
      useBias: false,
      kernelInitializer: seeded(seed + 1),
    }),
    tf.layers.batchNormalization(),
    tf.layers.reLU({ maxValue: 6 }),
  ];
}
