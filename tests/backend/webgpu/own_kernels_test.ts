/** What is ours is computed by our kernels, not by the stock programs behind them. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { addBias } from "../../../backend/ops/add_bias.ts";
import { attention } from "../../../backend/ops/attention.ts";
import { batchNormInference } from "../../../backend/ops/batch_norm_inference.ts";
import { batchNormTrain } from "../../../backend/ops/batch_norm_train.ts";
import { gelu } from "../../../backend/ops/gelu.ts";
import { layerNorm } from "../../../backend/ops/layer_norm.ts";
import { layerScale } from "../../../backend/ops/layer_scale.ts";
import { linear } from "../../../backend/ops/linear.ts";
import { sgdMomentum } from "../../../backend/ops/sgd_momentum.ts";
import { softmaxCrossEntropy } from "../../../backend/ops/softmax_cross_entropy.ts";
import { stochasticDepth } from "../../../backend/ops/stochastic_depth.ts";
import { windowAttention } from "../../../backend/ops/window_attention.ts";
import { noise } from "../compare.ts";
import { stockProgramsOf, WEBGPU } from "./subject.ts";

const run = (kernel: string, inputs: tf.NamedTensorMap, attrs: Record<string, unknown>) =>
  tf.engine().runKernel(kernel, inputs, attrs as tf.NamedAttrMap);

WEBGPU.test("conv2d and its gradients are computed by no stock program", async () => {
  const programs = await stockProgramsOf(() =>
    tf.tidy(() => {
      const x = noise([1, 6, 6, 3], 1), filter = noise([3, 3, 3, 5], 2);
      const dy = noise([1, 6, 6, 5], 3);
      const attrs = { strides: 1, pad: 1, dataFormat: "NHWC", dimRoundingMode: "floor" };
      run("Conv2D", { x, filter }, { ...attrs, dilations: 1 });
      run("Conv2DBackpropInput", { dy, filter }, { ...attrs, inputShape: x.shape });
      run("Conv2DBackpropFilter", { x, dy }, { ...attrs, filterShape: filter.shape });
    })
  );
  assert.deepEqual(programs, []);
});

WEBGPU.test(
  "a depthwise convolution and its gradients are computed by no stock program",
  async () => {
    const programs = await stockProgramsOf(() =>
      tf.tidy(() => {
        const x = noise([1, 6, 6, 5], 1), dy = noise([1, 6, 6, 5], 2);
        const filter = noise([3, 3, 5, 1], 3);
        const attrs = { strides: 1, pad: 1, dilations: 1, dimRoundingMode: "floor" };
        run("DepthwiseConv2dNative", { x, filter }, attrs);
        run("DepthwiseConv2dNativeBackpropInput", { dy, filter }, {
          ...attrs,
          inputShape: x.shape,
        });
        run("DepthwiseConv2dNativeBackpropFilter", { x, dy }, {
          ...attrs,
          filterShape: filter.shape,
        });
      })
    );
    assert.deepEqual(programs, []);
  },
);

WEBGPU.test(
  "a grouped convolution and its gradients are computed by no stock program",
  async () => {
    const programs = await stockProgramsOf(() =>
      tf.tidy(() => {
        const x = noise([1, 6, 6, 16], 1), filter = noise([3, 3, 8, 16], 2);
        const attrs = { strides: 1, pad: 1 };
        run("GroupedConv2D", { x, filter }, attrs);
        run("GroupedConv2DBackpropInput", { dy: x, filter }, { ...attrs, inputShape: x.shape });
        run("GroupedConv2DBackpropFilter", { x, dy: x }, { ...attrs, filterShape: filter.shape });
      })
    );
    assert.deepEqual(programs, []);
  },
);

WEBGPU.test("batch norm leaves no data behind, and runs no stock program", async () => {
  const dataIds = () => tf.backend().numDataIds();
  const before = dataIds();
  const programs = await stockProgramsOf(() =>
    tf.tidy(() => {
      const [weight, bias, runningMean, runningVariance] = [1, 2, 3, 4].map((seed) =>
        noise([5], seed) as tf.Tensor1D
      );
      const x = noise([2, 3, 3, 5], 6) as tf.Tensor4D;
      const batchNorm = { weight, bias, runningMean, runningVariance };
      const y = batchNormTrain(x, batchNorm, { activation: "relu" });
      run("BatchNormTrainGrad", { dy: x, x, gamma: weight, y }, {
        activation: "relu",
        hasResidual: false,
      });
      batchNormInference(x, batchNorm);
    })
  );
  assert.deepEqual(programs, []);
  const flush = tf.ones([1]);
  await flush.data(); // submits, after which tfjs frees what was disposed
  flush.dispose();
  assert.ok(dataIds() <= before + 1, `${dataIds()} tensors, before ${before}`);
});

WEBGPU.test(
  "loss, optimiser and max pooling's gradient are computed by no stock program",
  async () => {
    const programs = await stockProgramsOf(() => {
      const parameter = tf.variable(tf.ones([3])), buffer = tf.variable(tf.ones([3]));
      tf.tidy(() => {
        softmaxCrossEntropy(noise([2, 3], 1) as tf.Tensor2D, tf.tensor1d([0, 2], "int32"));
        sgdMomentum([parameter], [noise([3], 2)], [buffer], 0.1, 0.9);
        const input = noise([1, 4, 4, 5], 1), output = noise([1, 2, 2, 5], 2);
        run("MaxPoolGrad", { dy: output, input, output }, {
          filterSize: 2,
          strides: 2,
          pad: "valid",
        });
      });
      tf.dispose([parameter, buffer]);
    });
    assert.deepEqual(programs, []);
  },
);

WEBGPU.test("a transformer's block, and its gradients, are computed by no stock program", async () => {
  const programs = await stockProgramsOf(() =>
    tf.tidy(() => {
      const vector = (channels: number, seed: number) => noise([channels], seed) as tf.Tensor1D;
      const block = (x: tf.Tensor) => {
        let h = layerNorm(x, vector(8, 2), vector(8, 3), 1e-6);
        h = attention(
          linear(h, noise([8, 24], 4) as tf.Tensor2D, vector(24, 5)) as tf.Tensor3D,
          1,
        );
        h = gelu(addBias(layerScale(h, vector(8, 6)), vector(8, 7)));
        return stochasticDepth(h, h, tf.ones([2, 1, 1]));
      };
      const { dy, x } = { dy: noise([2, 3, 8], 8), x: noise([2, 3, 8], 9) };
      tf.grad(block)(x, dy);
    })
  );
  // h goes two ways: what comes back by both is added.
  assert.deepEqual(
    programs.filter((name) => name !== "AddNProgram" && name !== "BinaryOpProgram"),
    [],
  );
  assert.ok(programs.length <= 1, `${programs}`);
});

WEBGPU.test("attention within windows leaves no data behind, and runs no stock program", async () => {
  const dataIds = () => tf.backend().numDataIds();
  const before = dataIds();
  const programs = await stockProgramsOf(() =>
    tf.tidy(() => {
      const windows = { side: 2, shift: 1 };
      tf.grads((qkv, table) => windowAttention(qkv as tf.Tensor4D, table as tf.Tensor2D, windows))([
        noise([1, 4, 4, 24], 1),
        noise([9, 1], 2),
      ], noise([1, 4, 4, 8], 3));
    })
  );
  assert.deepEqual(programs, []);
  const flush = tf.ones([1]);
  await flush.data(); // submits, after which tfjs frees what was disposed
  flush.dispose();
  assert.ok(dataIds() <= before + 1, `${dataIds()} tensors, before ${before}`);
});
