/** The models under our WebGPU kernels: torch's numbers, as near as float32 allows. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../../../backend/ops/softmax_cross_entropy.ts";
import { WEBGPU_BACKEND } from "../../../backend/webgpu/register.ts";
import {
  readReference,
  type Reference,
  referenceBatch,
  referenceModel,
  sample,
  toTorch,
} from "../../../bench/certify/reference_model.ts";
import type { Model } from "../../../models/model.ts";
import { parameterSpecs } from "../../../models/parameter_specs.ts";
import type { ParameterSpec } from "../../../weights/parameter.ts";
import { Sgd } from "../../../training/sgd.ts";
import type { Branch } from "../../../models/manifest.ts";
import { trainStep } from "../../../training/train_step.ts";
import { checkGradCam } from "../../models/grad_cam.ts";
import { stockProgramsOf, WEBGPU } from "./subject.ts";

const SIZE = 64;

for (const name of ["resnet18", "mobilenet_v2", "efficientnet_lite0", "mobilenet_v3_small"]) {
  WEBGPU.test(`${name} computes torch's logits`, async () => {
    const reference = await readReference(name, SIZE);
    await onWebGpu(name, 1000, async (model) => {
      const { images } = referenceBatch(reference.input_stream, SIZE, 0);
      const logits = model.predict(images);
      assertNear("logits", await logits.data(), reference.logits, 1e-5);
      tf.dispose([images, logits]);
    });
  });

  WEBGPU.test(`${name} learns in the frozen branch as in torch`, async () => {
    await checkTraining(name, "frozen", 5);
  });
}

// Each model's own backward pass takes long to compile. Of the others' the contract has all that
// these two's do not: TensorFlow's padding and its settings of batch norm, squeeze-and-excitation,
// activations that bend.
for (const name of ["resnet18", "mobilenet_v2"]) {
  WEBGPU.test(`${name} has torch's gradients`, async () => {
    const { finetune_1: reference, input_stream } = await readReference(name, SIZE);
    await onWebGpu(name, 2, async (model) => {
      const { images, labels } = referenceBatch(input_stream, SIZE, 0);
      const mode = { dropoutMask: null };
      const { value, grads } = tf.variableGrads(
        () => softmaxCrossEntropy(model.classifier(model.features(images, mode)), labels),
        model.trainable("all"),
      );
      for (const spec of parameterSpecs(model.architecture, 2)) {
        if (!spec.trainable) continue;
        const gradient = await inTorchLayout(spec, grads[model.parameters.get(spec.name)!.name]);
        assertNear(`gradient of ${spec.name}`, gradient, reference.gradients![spec.name], 1e-5);
      }
      tf.dispose([images, labels, value, grads]);
    });
  });

  WEBGPU.test(`${name} learns in the finetune branch as in torch`, async () => {
    await checkTraining(name, "finetune", 1);
  });
}

WEBGPU.test("resnet18 has torch's Grad-CAM", async () => {
  await checkGradCam("resnet18", WEBGPU_BACKEND);
});

WEBGPU.test(
  "a training step of mobilenet_v2 is the same to the last bit when repeated",
  async () => {
    const runs: Float32Array[][] = [];
    for (let run = 0; run < 2; run++) {
      await onWebGpu("mobilenet_v2", 2, async (model) => {
        const optimizer = new Sgd(model.trainable("all"), 0.9);
        const loss = await step(model, "finetune", optimizer, 7, 0);
        const values: Float32Array[] = [Float32Array.of(loss)];
        for (const variable of model.trainable("all")) {
          values.push(await variable.data<"float32">());
        }
        runs.push(values);
        optimizer.dispose();
      });
    }
    assert.deepEqual(runs[0], runs[1]);
  },
);

WEBGPU.test("training steps leave no memory behind, and few programs are stock", async () => {
  await onWebGpu("mobilenet_v2", 2, async (model) => {
    const optimizer = new Sgd(model.trainable("all"), 0.9);
    const backend = tf.backend();
    const tensors: number[] = [], data: number[] = [];
    for (let i = 0; i < 3; i++) {
      const programs = await stockProgramsOf(() => {
        tf.tidy(() => {
          const { images, labels } = referenceBatch(7, SIZE, 0);
          trainStep(model, "finetune", optimizer, 0.001, images, labels, { dropoutMask: null })
            .logits.dispose();
        });
      });
      await model.trainable("head")[0].data();
      // The batch, the head's products and sums, and the sums of gradients at ten shortcuts.
      assert.ok(programs.length <= 30 || i === 0, `${programs.length} stock programs`);
      tensors.push(tf.memory().numTensors);
      data.push(backend.numDataIds());
    }
    assert.equal(tensors[2], tensors[1]);
    assert.ok(data[2] <= data[1] + 2, `${data}`);
    optimizer.dispose();
  });
});

async function checkTraining(name: string, branch: Branch, steps: 1 | 5): Promise<void> {
  const { input_stream, ...references } = await readReference(name, SIZE);
  const reference = references[`${branch}_${steps}`]!;
  await onWebGpu(name, 2, async (model) => {
    const optimizer = new Sgd(model.trainable(branch === "frozen" ? "head" : "all"), 0.9);
    for (let i = 0; i < steps; i++) {
      const loss = await step(model, branch, optimizer, input_stream, i);
      const difference = Math.abs(loss - reference.losses[i]);
      const bound = 10 * reference.f32_loss_error + 1e-5;
      assert.ok(difference <= bound, `loss ${i} is ${loss}, torch's is ${reference.losses[i]}`);
    }
    for (const spec of parameterSpecs(model.architecture, 2)) {
      const torch = reference.state[spec.name];
      if (!torch) continue;
      const ours = await inTorchLayout(spec, model.parameters.get(spec.name)!);
      assertNear(`${spec.name} after ${steps} steps`, ours, torch, 1e-5);
    }
    optimizer.dispose();
  });
}

async function step(
  model: Model,
  branch: Branch,
  optimizer: Sgd,
  stream: number,
  index: number,
): Promise<number> {
  const { images, labels } = referenceBatch(stream, SIZE, index);
  const { loss, logits } = trainStep(model, branch, optimizer, 0.001, images, labels, {
    dropoutMask: null,
  });
  const [value] = await loss.data();
  tf.dispose([images, labels, loss, logits]);
  return value;
}

/** The reference model is made on the CPU: there is no reading of a GPU without waiting. */
async function onWebGpu(name: string, classes: 2 | 1000, use: (model: Model) => Promise<void>) {
  await tf.setBackend("cpu");
  const model = await referenceModel(name, classes);
  await tf.setBackend(WEBGPU_BACKEND);
  await use(model);
  model.dispose();
}

async function inTorchLayout(spec: ParameterSpec, tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<"float32">();
  await tf.setBackend("cpu");
  const torch = tf.tidy(() => toTorch(spec, tf.tensor(values, tensor.shape)));
  await tf.setBackend(WEBGPU_BACKEND);
  return torch;
}

/** Off by ten times what torch's own float32 is, and a share of the largest value, at most. */
function assertNear(what: string, ours: ArrayLike<number>, torch: Reference, slack: number): void {
  const bound = 10 * torch.f32_error_max + slack * torch.max_abs;
  const kept = sample(ours, torch.values.length);
  assert.equal(kept.length, torch.values.length, `${what}: number of values`);
  torch.values.forEach((value, i) => {
    const error = Math.abs(kept[i] - value);
    assert.ok(error <= bound, `${what}[${i}] is ${kept[i]}, torch's is ${value}: off by ${error}`);
  });
}
