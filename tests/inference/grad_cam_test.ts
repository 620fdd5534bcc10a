/** Grad-CAM of networks small enough to know the answer; tests/models compares with torch's. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { Architecture } from "../../models/architecture.ts";
import { Model } from "../../models/model.ts";
import { gradCam } from "../../inference/grad_cam.ts";
import { TOY, toyModel } from "../training/toy.ts";

/** Red above left, blue below right. */
const photo = () => tf.tensor4d([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [1, 2, 2, 3]);

Deno.test("heat lies where the photo has what speaks for the class, and only there", async () => {
  await tf.setBackend("cpu");
  // Red speaks for class 0, blue for class 1: each weight is shared by the map's four places.
  const model = toyModel([2, 0, 0, 0, 0, 1]);
  const images = photo();
  const [red] = await gradCam(model, images, [0]);
  assert.deepEqual(red.heat, { width: 2, height: 2, values: [0.5, 0, 0, 0] });
  const [blue] = await gradCam(model, images, [1]);
  assert.deepEqual(blue.heat.values, [0, 0, 0, 0.25]);
  const [likeliest] = await gradCam(model, images);
  assert.equal(likeliest.label, 0);
  assert.deepEqual(likeliest.heat, red.heat);
  images.dispose();
  model.dispose();
});

Deno.test("an architecture whose features are no average of a map is told so", async () => {
  await tf.setBackend("cpu");
  const linearLast: Architecture = {
    ...TOY,
    features: (layers, x) => layers.linear("other", layers.globalAveragePool(x), 3),
  };
  const model = new Model(
    linearLast,
    2,
    new Map([
      ["other.weight", { shape: [3, 3], data: new Float32Array(9) }],
      ["other.bias", { shape: [3], data: new Float32Array(3) }],
      ["fc.weight", { shape: [3, 2], data: new Float32Array(6) }],
      ["fc.bias", { shape: [2], data: new Float32Array(2) }],
    ]),
  );
  const images = photo();
  const before = tf.memory().numTensors;
  await assert.rejects(gradCam(model, images), /no map and no tokens/);
  assert.equal(tf.memory().numTensors, before, "tensors left behind");
  images.dispose();
  model.dispose();
});
