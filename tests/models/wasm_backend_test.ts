/** The models on our wasm backend: torch's numbers, and the same for a photo in any batch. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { activateBackend } from "../../backend/activate.ts";
import {
  checkGradients,
  checkLogits,
  checkOtherSteps,
  checkTraining,
  type ReferenceCase,
} from "../../bench/certify/models.ts";
import { referenceBatch, referenceModel } from "../../bench/certify/reference_model.ts";
import { WASM_BACKEND } from "../../backend/wasm/register.ts";
import { assertKept } from "./assert_kept.ts";
import { ARCHITECTURES } from "../../models/registry.ts";
import { checkFeatureMap, checkGradCam } from "./grad_cam.ts";

/** At 224 pixels one model of each kind of convolution; `deno task certify` has the others. */
const CASES: readonly ReferenceCase[] = [
  ["resnet18", 64],
  ["resnet34", 64],
  ["mobilenet_v2", 64],
  ["efficientnet_lite0", 64],
  ["convnext_tiny", 64],
  ["swin_t", 72],
  // On another grid of tokens than the one that was learned, antialiased and by a factor.
  ["deit_tiny", 64],
  ["dinov2_vits14", 56],
  ["dinov2_vits14_reg", 56],
  ["resnet50", 64],
  ["mobilenet_v3_small", 64],
  ["mobilenet_v3_large", 64],
  ["mobilenetv4_conv_small", 64],
  ["regnet_y_400mf", 64],
  ["efficientnet_b0", 64],
  ["efficientnet_lite1", 64],
  ["efficientnet_lite2", 64],
  ["resnet18", 224],
];

for (const reference of CASES) {
  const what = reference.join(" of ");

  Deno.test(`${what} on wasm computes torch's logits`, async () => {
    await activateBackend("wasm");
    assertKept(await checkLogits(reference));
  });

  Deno.test(`${what} on wasm has torch's gradients`, async () => {
    await activateBackend("wasm");
    assertKept(await checkGradients(reference));
  });

  for (const branch of ["finetune", "frozen"] as const) {
    Deno.test(`${what} on wasm learns in the ${branch} branch as in torch`, async () => {
      await activateBackend("wasm");
      assertKept(await checkTraining(reference, branch));
    });
  }
}

// The quickest with batch norm and without; `deno task certify` has the others.
for (const name of ["mobilenet_v3_small", "deit_tiny"]) {
  Deno.test(`${name} on wasm learns by AdamW, and by running statistics, as in torch`, async () => {
    await activateBackend("wasm");
    assertKept(await checkOtherSteps([name, 64]));
  });
}

for (
  const name of [
    "resnet18",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "efficientnet_b0",
    "regnet_y_400mf",
    "deit_tiny",
  ]
) {
  Deno.test(`${name} on wasm has torch's Grad-CAM`, async () => {
    await activateBackend("wasm");
    await checkGradCam(name, WASM_BACKEND);
  });
}

for (
  const name of [
    "resnet18",
    "mobilenet_v2",
    "efficientnet_lite0",
    "mobilenet_v3_small",
    "regnet_y_400mf",
    "deit_tiny",
  ]
) {
  Deno.test(`the logits of a photo by ${name} on wasm are the same in any batch`, async () => {
    await activateBackend("wasm");
    const model = await referenceModel(name, 1000);
    const { images } = referenceBatch(7, 64, 0);
    const together = (await logitsOf(images)).data;
    const largest = together.reduce((worst, value) => Math.max(worst, Math.abs(value)), 0);
    for (const [start, count] of [[0, 1], [3, 1], [0, 3], [1, 3]]) {
      const part = tf.slice(images, [start, 0, 0, 0], [count, -1, -1, -1]);
      const { data, shape } = await logitsOf(part);
      assert.deepEqual(shape, [count, 1000]);
      data.forEach((value, i) => {
        const difference = Math.abs(value - together[start * 1000 + i]);
        assert.ok(difference <= 2e-6 * largest, `logit ${i} of ${count} from photo ${start}`);
      });
      part.dispose();
    }
    images.dispose();
    model.dispose();

    async function logitsOf(photos: tf.Tensor4D) {
      const logits = model.predict(photos);
      const data = await logits.data<"float32">();
      const { shape } = logits;
      logits.dispose();
      return { data, shape };
    }
  });
}

for (const architecture of ARCHITECTURES.filter(({ variantOf }) => !variantOf)) {
  Deno.test(`${architecture.name} can say where it looked`, async () => {
    await activateBackend("wasm");
    await checkFeatureMap(architecture);
  });
}
