import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { randomParameters } from "../../bench/model_work.ts";
import { randomOnnx } from "../../bench/random_onnx.ts";
import { Model } from "../../models/model.ts";
import { findArchitecture } from "../../models/registry.ts";

const NAME = "mobilenet_v3_small", SIDE = 32;

Deno.test("peers that read ONNX are given the network that is timed", async () => {
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  await tf.setBackend("cpu");
  const architecture = findArchitecture(NAME);
  const photos = tf.randomNormal([2, SIDE, SIDE, 3], 0, 1, "float32", 5) as tf.Tensor4D;
  const model = new Model(architecture, 2, randomParameters(architecture));
  const ours = await model.predict(photos).data();
  const channelsFirst = await tf.transpose(photos, [0, 3, 1, 2]).data();
  const images = new ort.Tensor("float32", channelsFirst as Float32Array, [2, 3, SIDE, SIDE]);
  const session = await ort.InferenceSession.create(randomOnnx(NAME, SIDE));
  const { logits } = await session.run({ images });
  await session.release();
  assert.deepEqual([...logits.dims], [2, 2]);
  const largest = Math.max(...ours.map(Math.abs));
  assert(largest > 0);
  (logits.data as Float32Array).forEach((value, i) =>
    assert(Math.abs(value - ours[i]) < 1e-4 * largest, `${value} instead of ${ours[i]}`)
  );
});
