/** The models and the composed operations on tfjs's own CPU backend: the oracle of every other. */
import * as tf from "@tensorflow/tfjs";
import { checkGradients, checkLogits, checkTraining } from "../../bench/certify/models.ts";
import { assertKept } from "./assert_kept.ts";
import { checkGradCam } from "./grad_cam.ts";

for (const name of ["resnet18", "mobilenet_v2", "mobilenet_v3_small"]) {
  Deno.test(`${name} on stock tfjs computes torch's logits`, async () => {
    await tf.setBackend("cpu");
    assertKept(await checkLogits([name, 64]));
  });

  Deno.test(`${name} on stock tfjs learns in the frozen branch as in torch`, async () => {
    await tf.setBackend("cpu");
    assertKept(await checkTraining([name, 64], "frozen", 1));
  });
}

// ResNet-18's take stock tfjs two minutes; the wasm backend's test has them.
Deno.test("mobilenet_v2 on stock tfjs has torch's gradients", async () => {
  await tf.setBackend("cpu");
  assertKept(await checkGradients(["mobilenet_v2", 64]));
});

Deno.test("mobilenet_v2 on stock tfjs has torch's Grad-CAM", async () => {
  await checkGradCam("mobilenet_v2", "cpu");
});
