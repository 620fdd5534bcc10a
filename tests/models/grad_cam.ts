/** Grad-CAM beside what PyTorch's autograd gives, on whichever backend is active. */
import { placesOf } from "../../inference/feature_map.ts";
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { hashTensor } from "../../bench/certify/hash_numbers.ts";
import { type Reference, referenceTensors } from "../../bench/certify/reference_model.ts";
import type { Architecture } from "../../models/architecture.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { findArchitecture } from "../../models/registry.ts";
import { Model } from "../../models/model.ts";
import { type Explanation, gradCam } from "../../inference/grad_cam.ts";

/** As tests/reference/grad_cam.py writes it. */
interface Heat extends Reference {
  classes: number[];
  shape: [batch: number, height: number, width: number];
}

const FIXTURE = new URL("../fixtures/inference/grad_cam.json", import.meta.url);

export async function checkGradCam(name: string, backend: string): Promise<void> {
  const { input_stream, size, likeliest, asked } = JSON.parse(
    await Deno.readTextFile(FIXTURE),
  )[name];
  const tensors = await referenceTensors(name, 1000);
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const model = new Model(findArchitecture(name), 1000, tensors);
  const images = tf.tidy(() => {
    const nchw = tf.tensor4d(hashTensor(input_stream, [2, 3, size, size], 2), [2, 3, size, size]);
    return tf.transpose(nchw, [0, 2, 3, 1]) as tf.Tensor4D;
  });
  const predicted = model.predict(images);
  const explanations = await gradCam(model, images);
  assertHeat(explanations, likeliest);
  const logits = await predicted.data<"float32">();
  explanations.flatMap(({ logits }) => logits).forEach((logit, i) =>
    assert.ok(Math.abs(logit - logits[i]) <= 1e-5 * Math.abs(logits[i]) + 1e-6, "its logits")
  );
  assertHeat(await gradCam(model, images, asked.classes), asked);
  tf.dispose([images, predicted]);
  model.dispose();
  assert.equal(tf.memory().numTensors, before, "tensors left behind");
}

/** That a model tells places at all: its last map gives the logits that its photos do. */
export async function checkFeatureMap(architecture: Architecture): Promise<void> {
  const tensors = parameterSpecs(architecture, 2).map(({ name, shape, kind }, i) => {
    const size = shape.reduce((a, b) => a * b, 1);
    // Convolutions [out, in, h, w] as [h, w, in, out]: of random numbers, only the shape matters.
    const tfjs = kind === "vector"
      ? shape
      : kind === "linear"
      ? shape.toReversed()
      : kind === "depthwise"
      ? [shape[2], shape[3], shape[0], 1]
      : [shape[2], shape[3], shape[1], shape[0]];
    const data = hashTensor(
      i,
      [size],
      kind === "vector" ? 0.1 : Math.sqrt(6 * tfjs.at(-1)! / size),
    );
    return [name, { shape: tfjs, data: /var$/.test(name) ? data.fill(1) : data }] as const;
  });
  const model = new Model(architecture, 2, new Map(tensors));
  const { sides } = architecture;
  const side = !sides ? 64 : "only" in sides ? sides.only : 4 * sides.multipleOf;
  const images = tf.tensor4d(hashTensor(1, [1, side, side, 3], 1), [1, side, side, 3]);
  const places = placesOf(model, images);
  const [again, logits] = [places.logits(places.map), model.predict(images)];
  assert.equal(places.map.shape.length, 4);
  assert.deepEqual(await again.data(), await logits.data());
  places.dispose();
  tf.dispose([images, again, logits]);
  model.dispose();
}

function assertHeat(explanations: Explanation[], torch: Heat): void {
  const [batch, height, width] = torch.shape;
  assert.equal(explanations.length, batch);
  const bound = 10 * torch.f32_error_max + 1e-4 * torch.max_abs;
  explanations.forEach(({ label, heat }, photo) => {
    assert.equal(label, torch.classes[photo]);
    assert.deepEqual([heat.height, heat.width], [height, width]);
    heat.values.forEach((value, i) => {
      const expected = torch.values[photo * height * width + i];
      assert.ok(Math.abs(value - expected) <= bound, `heat ${i} is ${value}, torch's ${expected}`);
    });
  });
}
