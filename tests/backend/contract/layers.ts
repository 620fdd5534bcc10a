/** What a tfjs user's own model meets: fused operations, tf.layers, tfjs's optimizers. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { separableBlock } from "../../../bench/stock_models.ts";
import { assertNear, noise } from "../compare.ts";
import { STOCK, type Subject } from "./subject.ts";

export function layersContract(subject: Subject): void {
  subject.test(
    "fused convolutions and products agree with stock tfjs for every activation",
    async () => {
      for (const activation of ["linear", "relu", "relu6", "elu", "sigmoid"] as const) {
        await subject.agreesWithStock(activation, () => {
          const x = noise([2, 7, 8, 12], 1) as tf.Tensor4D;
          const filter = noise([3, 3, 12, 17], 2) as tf.Tensor4D;
          const depthwise = noise([3, 3, 12, 1], 3) as tf.Tensor4D;
          const bias = noise([17], 4);
          const settings = { x, strides: 2, pad: "same", activation } as const;
          return [
            tf.fused.conv2d({ ...settings, filter, bias }),
            tf.fused.conv2d({ ...settings, filter }),
            tf.fused.depthwiseConv2d({ ...settings, filter: depthwise, bias: noise([12], 5) }),
            tf.fused.matMul({ a: noise([5, 20], 6), b: noise([20, 17], 7), bias, activation }),
          ];
        });
      }
    },
  );

  subject.test("a fused convolution with prelu agrees with stock tfjs", async () => {
    await subject.agreesWithStock("prelu", () => [tf.fused.conv2d({
      x: noise([1, 5, 5, 4], 1) as tf.Tensor4D,
      filter: noise([3, 3, 4, 8], 2) as tf.Tensor4D,
      strides: 1,
      pad: 1,
      activation: "prelu",
      preluActivationWeights: noise([8], 3),
    })]);
  });

  for (const [what, layers] of Object.entries({ convolutional, mobile })) {
    subject.test(
      `a ${what} network of tf.layers learns with Adam as on stock tfjs`,
      async () => {
        const expected = await losses(STOCK, layers), actual = await losses(subject, layers);
        assertNear("losses", actual, expected, 1e-3);
        assert.ok(actual[3] < actual[0]);
      },
    );
  }
}

const seeded = (seed: number) => tf.initializers.glorotUniform({ seed });

const head = () => [
  tf.layers.globalAveragePooling2d({}),
  tf.layers.dense({ units: 4, activation: "softmax", kernelInitializer: seeded(4) }),
];

function convolutional(): tf.layers.Layer[] {
  return [
    tf.layers.conv2d({
      inputShape: [14, 14, 3],
      filters: 8,
      kernelSize: 3,
      padding: "same",
      activation: "relu",
      kernelInitializer: seeded(1),
    }),
    tf.layers.batchNormalization(),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.conv2d({ filters: 17, kernelSize: 5, strides: 2, kernelInitializer: seeded(2) }),
    ...head(),
  ];
}

function mobile(): tf.layers.Layer[] {
  return [
    tf.layers.conv2d({
      inputShape: [14, 14, 3],
      filters: 8,
      kernelSize: 3,
      strides: 2,
      padding: "same",
      kernelInitializer: seeded(1),
    }),
    ...separableBlock(16, 1, 10),
    ...separableBlock(24, 2, 20),
    ...head(),
  ];
}

async function losses(subject: Subject, layers: () => tf.layers.Layer[]): Promise<number[]> {
  await subject.activate();
  const before = tf.memory().numTensors;
  const model = tf.sequential({ layers: layers() });
  const optimizer = tf.train.adam(0.01);
  model.compile({ optimizer, loss: "categoricalCrossentropy" });
  const x = noise([12, 14, 14, 3], 1);
  const labels = tf.tensor1d(Array.from({ length: 12 }, (_, i) => i % 4), "int32");
  const y = tf.oneHot(labels, 4);
  const { history } = await model.fit(x, y, {
    epochs: 4,
    batchSize: 6,
    shuffle: false,
    verbose: 0,
  });
  model.dispose();
  optimizer.dispose();
  tf.dispose([x, labels, y]);
  assert.ok(tf.memory().numTensors <= before + 1, "tensors left behind");
  return history.loss as number[];
}
