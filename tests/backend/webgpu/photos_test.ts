/** Tensors that an adapter cannot bind whole: kernels take some of the photos at a time. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { activate } from "../../../backend/ops/activation.ts";
import { addBias } from "../../../backend/ops/add_bias.ts";
import { attention } from "../../../backend/ops/attention.ts";
import { batchNormInference } from "../../../backend/ops/batch_norm_inference.ts";
import { batchNormTrain } from "../../../backend/ops/batch_norm_train.ts";
import { gelu } from "../../../backend/ops/gelu.ts";
import { groupedConv2d } from "../../../backend/ops/grouped_conv2d.ts";
import { layerNorm } from "../../../backend/ops/layer_norm.ts";
import { layerScale } from "../../../backend/ops/layer_scale.ts";
import { linear } from "../../../backend/ops/linear.ts";
import { squeezeExcitation } from "../../../backend/ops/squeeze_excitation.ts";
import { stochasticDepth } from "../../../backend/ops/stochastic_depth.ts";
import { windowAttention } from "../../../backend/ops/window_attention.ts";
import { byPhotos } from "../../../backend/webgpu/photos.ts";
import { ReplayedStep } from "../../../backend/webgpu/replay/replayed_step.ts";
import type { TfjsWebGpuBackend } from "../../../backend/webgpu/tfjs_backend.ts";
import { noise, withGradients } from "../compare.ts";
import { convolutionsContract } from "../contract/conv2d.ts";
import { depthwiseConvolutionsContract } from "../contract/depthwise.ts";
import { Subject } from "../contract/subject.ts";
import { linearContract } from "../contract/transformers.ts";
import { asOnGpu } from "./as_on_gpu.ts";
import { WEBGPU } from "./subject.ts";
import { withLimit } from "./with_limit.ts";

/** Of the networks below three photos of a tensor, and all of what does not grow with the batch. */
const LIMIT = 112 * 1024;

class InParts extends Subject {
  constructor(name: string, readonly run: (fn: () => Promise<void>) => Promise<void>) {
    super({ ...WEBGPU.settings, name });
  }

  override test(name: string, fn: () => Promise<void>): void {
    super.test(name, () =>
      this.run(async () => {
        assert.ok(await withLimit(LIMIT, fn) > 0, "no tensor was bound in parts");
      }));
  }

  override activate(): Promise<void> {
    return WEBGPU.activate();
  }
}

const subject = new InParts("webgpu, in parts", (fn) => fn());
/** Of more workgroups, and so of more sums over parts of the photos, which must be bound as well. */
const onHardware = new InParts("webgpu, in parts and cut for hardware", asOnGpu);

Deno.test("parts are all photos in their order, each bound from where an adapter can", () => {
  let state = 7;
  const random = (below: number) => (state = (state * 75 + 74) % 65537) % below;
  for (let round = 0; round < 500; round++) {
    const photos = 1 + random(40), alignment = [32, 64, 256][random(3)];
    const tensors = Array.from(
      { length: 1 + random(3) },
      (): tf.TensorInfo => ({
        dataId: {},
        dtype: "float32",
        shape: [photos, 1 + random(9), 1 + random(9)],
      }),
    );
    const sizes = tensors.map(({ shape }) => 4 * shape[1] * shape[2]);
    const limit = 100 + random(photos * Math.max(...sizes) * 2);
    const backend = {
      device: {
        limits: {
          maxStorageBufferBindingSize: limit,
          minStorageBufferOffsetAlignment: alignment,
        },
      },
    } as unknown as TfjsWebGpuBackend;
    let seen = 0, calls = 0;
    byPhotos(backend, tensors, (...parts) => {
      calls++;
      parts.forEach(({ dataId, shape, offset }, i) => {
        assert.equal(dataId, tensors[i].dataId);
        assert.deepEqual(shape, [parts[0].shape[0], ...tensors[i].shape.slice(1)]);
        if (offset === undefined) return assert.equal(shape[0], photos);
        assert.equal(offset, seen * sizes[i]);
        assert.equal(offset % alignment, 0);
        assert.ok(shape[0] * sizes[i] <= limit);
      });
      seen += parts[0].shape[0];
    });
    assert.equal(seen, photos);
    if (photos * Math.max(...sizes) <= limit) assert.equal(calls, 1);
  }
});

/** Three gradients of its filter can be bound, and no more. */
const MANY_FILTERS = {
  input: [5, 20, 20, 32] as [number, number, number, number],
  filters: 32,
  kernel: [3, 3] as [number, number],
  stride: 2,
  pad: 1,
};

convolutionsContract(subject, [
  { input: [23, 26, 22, 5], filters: 3, kernel: [1, 1], stride: 2 },
  { input: [9, 32, 32, 4], filters: 4, kernel: [3, 3], stride: 2, pad: 1 },
  MANY_FILTERS,
]);
convolutionsContract(onHardware, [MANY_FILTERS]);
depthwiseConvolutionsContract(subject, [
  { input: [8, 33, 31, 4], kernel: [3, 3], stride: 2, pad: 1 },
]);
depthwiseConvolutionsContract(onHardware, [
  { input: [3, 12, 12, 192], kernel: [5, 5], stride: 2, pad: 2 },
]);
linearContract(subject, [[3, 1300, 8, 4]]);

// A mean and a variance of each would take twice what they do.
onHardware.test("batch norm of photos of a pixel, and its gradients, agree with stock tfjs", async () => {
  await onHardware.agreesWithStock("one pixel", () => {
    const inputs = [noise([3000, 1, 1, CHANNELS], 1), noise([CHANNELS, 2], 2)];
    const { values: [norm], running } = norms();
    const results = withGradients(
      inputs,
      (x, weight) =>
        linear(
          batchNormTrain(x as tf.Tensor4D, norm),
          weight as tf.Tensor2D,
          tf.tensor1d([1, 2]),
        ),
    );
    const moved = running.slice(0, 2).map((variable) => variable.clone());
    tf.dispose(running);
    return [...results, ...moved];
  });
});

subject.test("max pooling agrees with stock tfjs", async () => {
  await subject.agreesWithStock("max pool", () =>
    withGradients(
      [noise([11, 23, 21, 6], 1)],
      (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 1),
    ));
});

for (const each of [subject, onHardware]) {
  each.test("a network in training, and all its gradients, agree with stock tfjs", async () => {
    await each.agreesWithStock("network", network, 1e-4);
  });
}

subject.test("a network in evaluation agrees with stock tfjs", async () => {
  await subject.agreesWithStock("network", evaluated);
});

subject.test("layers of transformers, and their gradients, agree with stock tfjs", async () => {
  await subject.agreesWithStock("layers", () => {
    const [x] = parameters(), vectors = [3, 4, 5].map((seed) => noise([CHANNELS], seed));
    const inputs = [x, noise([3, CHANNELS], 2), ...vectors];
    return withGradients(inputs, (x, weight, ...[bias, scale, shift]) => {
      const vector = (tensor: tf.Tensor) => tensor as tf.Tensor1D;
      const a = linear(x, weight as tf.Tensor2D, vector(bias));
      const b = addBias(layerNorm(a, vector(scale), vector(shift), 1e-5), vector(bias));
      const factors = tf.tensor4d([1, 0, 2, 0.5], [4, 1, 1, 1]);
      const c = stochasticDepth(layerScale(b, vector(scale)), a, factors);
      return tf.maxPool(c as tf.Tensor4D, 3, 2, 1);
    });
  });
});

subject.test("attention, also within windows, and its gradients agree with stock tfjs", async () => {
  // Of so many photos the largest scores and their sums cannot be bound whole either.
  await subject.agreesWithStock("attention", () =>
    withGradients(
      [noise([400, 20, 96], 1), noise([32, 2], 2)],
      (x, weight) =>
        linear(attention(x as tf.Tensor3D, 2), weight as tf.Tensor2D, tf.tensor1d([1, 2])),
    ));
  for (const shift of [0, 1]) {
    await subject.agreesWithStock("windows", () =>
      withGradients(
        [noise([40, 4, 4, 48], 1), noise([9, 2], 2)],
        (x, table) => windowAttention(x as tf.Tensor4D, table as tf.Tensor2D, { side: 2, shift }),
      ));
  }
});

subject.test("a step in parts is recorded and replayed to the bit", async () => {
  const [x, ...weights] = parameters();
  const step = new ReplayedStep<number>((input) => {
    const scale = input([1], "float32", (value) => Float32Array.of(value));
    const [filter, window] = weights as tf.Tensor4D[];
    return tf.grads((filter, window) => {
      const z = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 0);
      const y = tf.maxPool(tf.depthwiseConv2d(z, window as tf.Tensor4D, 1, "same"), 3, 2, 1);
      return tf.sum(tf.mul(y, scale));
    })([filter, window]);
  });
  const results = [];
  for (const factor of [1, 1, 1, 2, 4]) results.push(...await step.run(factor));
  results.push(...await step.finish());
  assert.ok(step.isReplaying, step.computedBecause);
  assert.equal(results.length, 5);
  for (const { state, outputs } of results) {
    for (const [i, values] of outputs.entries()) {
      assert.deepEqual(values, results[0].outputs[i].map((value) => state * value));
    }
  }
  step.dispose();
  tf.dispose([x, ...weights]);
});

WEBGPU.test("what is of each photo by itself is to the bit what it is at once", async () => {
  const expected = await WEBGPU.valuesOf(evaluated);
  await withLimit(LIMIT, async () => assert.deepEqual(await WEBGPU.valuesOf(evaluated), expected));
});

const CHANNELS = 16;

function evaluated(): tf.Tensor[] {
  const [x, filter] = parameters();
  const z = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 0);
  const { values, running } = norms();
  const y = batchNormInference(z, values[0], { activation: "relu", residual: z });
  const mean = tf.mean(gelu(activate(y, "silu")), [1, 2]);
  tf.dispose(running);
  return [mean];
}

function parameters(): tf.Tensor[] {
  return [
    noise([4, 24, 24, 3], 1),
    noise([1, 1, 3, CHANNELS], 2),
    noise([3, 3, CHANNELS, 1], 3),
    noise([1, 1, CHANNELS, CHANNELS], 4),
    noise([1, 1, CHANNELS, 4], 5),
    noise([4], 6),
    noise([1, 1, 4, CHANNELS], 7),
    noise([CHANNELS], 8),
    noise([3, 3, 8, CHANNELS], 9),
  ];
}

/**
 * A mean of what every kind of a convolutional network's layers makes, and its gradients. A photo
 * takes 36 KiB of each tensor before it is pooled.
 */
function network(): tf.Tensor[] {
  const { values: [first, second, third], running } = norms();
  const inputs = parameters();
  const results = withGradients(inputs, (...[x, expand, window, product, ...more]) => {
    const [reduceWeight, reduceBias, expandWeight, expandBias, grouped] = more;
    const a = batchNormTrain(tf.conv2d(x as tf.Tensor4D, expand as tf.Tensor4D, 1, 0), first, {
      activation: "relu6",
    });
    const z = tf.depthwiseConv2d(a, window as tf.Tensor4D, 1, "same");
    const excited = squeezeExcitation(batchNormTrain(z, second, { activation: "hardSwish" }), {
      reduceWeight: reduceWeight as tf.Tensor4D,
      reduceBias: reduceBias as tf.Tensor1D,
      expandWeight: expandWeight as tf.Tensor4D,
      expandBias: expandBias as tf.Tensor1D,
    }, { activation: "relu", gate: "hardSigmoid" });
    const b = batchNormTrain(tf.conv2d(excited, product as tf.Tensor4D, 1, 0), third, {
      activation: "relu",
      residual: a,
    });
    const c = groupedConv2d(b, grouped as tf.Tensor4D, { strides: 1, pad: 1 });
    return tf.mean(tf.maxPool(gelu(c) as tf.Tensor4D, 3, 2, 1), [1, 2]);
  });
  const moved = running.map((variable) => variable.clone());
  tf.dispose(running);
  return [...results, ...moved];
}

function norms() {
  const vector = (seed: number) => tf.add(noise([CHANNELS], seed), 2) as tf.Tensor1D;
  const values = [1, 2, 3].map((seed) => ({
    weight: vector(seed),
    bias: vector(seed + 10),
    runningMean: tf.variable(vector(seed + 20)) as tf.Variable<tf.Rank.R1>,
    runningVariance: tf.variable(vector(seed + 30)) as tf.Variable<tf.Rank.R1>,
  }));
  const running = values.flatMap((norm) => [norm.runningMean, norm.runningVariance]);
  return { values, running };
}
