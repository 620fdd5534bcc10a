/** A program of Node or Deno: prints what it got as JSON. */
import { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import { setThreads } from "@graft/tfjs-wasm";
import { registerWebGpuKernels } from "@graft/tfjs-webgpu";
import { loadClassifier } from "graft";
import { train } from "./train.js";

setThreads(2);
await tf.setBackend("graft-wasm");
const losses = await train();
const model = await loadClassifier("model.safetensors");
const answers = [
  await model.predict("photo.jpg"),
  await model.predict(await readFile("photo.jpg")),
];
const same = await loadClassifier(await readFile("model.safetensors"));
answers.push(...await same.predict([new Blob([await readFile("photo.jpg")])]));
registerWebGpuKernels(); // a second time
console.log(JSON.stringify({ backend: tf.getBackend(), losses, answers }));
