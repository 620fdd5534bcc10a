/** A page's script: leaves what it got in `result`. */
import * as tf from "@tensorflow/tfjs";
import "@graft/tfjs-wasm";
import "@graft/tfjs-webgpu";
import { loadClassifier } from "graft";
import { train } from "./train.js";

/** One of our kernels and tfjs's own on the graphics card, if there is one: what differs at most. */
async function differenceOnGpu() {
  if (!await navigator.gpu?.requestAdapter()) return undefined;
  const photo = tf.randomUniform([1, 8, 8, 4], -1, 1, "float32", 1);
  const filter = tf.randomUniform([3, 3, 4, 8], -1, 1, "float32", 2);
  const convolve = () => tf.conv2d(photo, filter, 1, "same").data();
  const expected = await convolve();
  await tf.setBackend("webgpu");
  const actual = await convolve();
  return Math.max(...actual.map((value, i) => Math.abs(value - expected[i])));
}

async function run() {
  await tf.setBackend("graft-wasm");
  const losses = await train();
  const model = await loadClassifier("model.safetensors");
  const photo = await fetch("photo.jpg");
  const answers = [await model.predict("photo.jpg"), await model.predict(await photo.blob())];
  model.dispose();
  const backend = tf.getBackend();
  const gpu = await differenceOnGpu();
  return { backend, losses, answers, isolated: crossOriginIsolated, gpu };
}

globalThis.result = run().catch((error) => ({ error: `${error.stack}` }));
