/** The models under our WebGPU kernels: torch's numbers, as near as float32 allows. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { readTensors } from "../../../backend/ops/read_tensors.ts";
import { WEBGPU_BACKEND } from "../../../backend/webgpu/register.ts";
import {
  checkGradients,
  checkLogits,
  checkTraining,
  type ReferenceCase,
} from "../../../bench/certify/models.ts";
import { referenceBatch, referenceModel } from "../../../bench/certify/reference_model.ts";
import { Sgd } from "../../../training/sgd.ts";
import { trainStep } from "../../../training/train_step.ts";
import { assertKept } from "../../models/assert_kept.ts";
import { checkGradCam } from "../../models/grad_cam.ts";
import { stockProgramsOf, WEBGPU } from "./subject.ts";

const SIZE = 64;

for (const name of ["resnet18", "mobilenet_v2", "efficientnet_lite0", "mobilenet_v3_small"]) {
  const reference: ReferenceCase = [name, SIZE];

  WEBGPU.test(`${name} computes torch's logits`, async () => {
    assertKept(await checkLogits(reference));
  });

  WEBGPU.test(`${name} learns in the frozen branch as in torch`, async () => {
    assertKept(await checkTraining(reference, "frozen"));
  });
}

// Each model's own backward pass takes long to compile. Of the others' the contract has all that
// these two's do not: TensorFlow's padding and its settings of batch norm, squeeze-and-excitation,
// activations that bend.
for (const name of ["resnet18", "mobilenet_v2"]) {
  const reference: ReferenceCase = [name, SIZE];

  WEBGPU.test(`${name} has torch's gradients`, async () => {
    assertKept(await checkGradients(reference));
  });

  WEBGPU.test(`${name} learns in the finetune branch as in torch`, async () => {
    assertKept(await checkTraining(reference, "finetune", 1));
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
      const model = await referenceModel("mobilenet_v2", 2);
      const optimizer = new Sgd(model.trainable("all"), 0.9);
      const { images, labels } = referenceBatch(7, SIZE, 0);
      const { loss, logits } = trainStep(model, "finetune", optimizer, 0.001, images, labels, {
        dropoutMask: null,
      });
      runs.push(await readTensors([loss, ...model.trainable("all")]));
      tf.dispose([images, labels, loss, logits]);
      optimizer.dispose();
      model.dispose();
    }
    assert.deepEqual(runs[0], runs[1]);
  },
);

WEBGPU.test("training steps leave no memory behind, and few programs are stock", async () => {
  const model = await referenceModel("mobilenet_v2", 2);
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
  model.dispose();
});
