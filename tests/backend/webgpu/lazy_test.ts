import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { noise } from "../compare.ts";
import { normalized } from "../contract/lazy.ts";
import { WEBGPU } from "./subject.ts";

WEBGPU.test("lazy tensors that nobody reads leave no data behind", async () => {
  const before = tf.backend().numDataIds();
  tf.tidy(() => void normalized(noise([2, 3, 3, 5], 5)));
  const flush = tf.ones([1]);
  await flush.data(); // submits, after which tfjs frees what was disposed
  flush.dispose();
  assert.ok(tf.backend().numDataIds() <= before + 1);
});
