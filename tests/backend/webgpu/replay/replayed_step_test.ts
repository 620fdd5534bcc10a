/** A step that is recorded and replayed is the step that is computed, whatever happens in between. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { Recording } from "../../../../backend/webgpu/replay/recording.ts";
import { ReplayedStep } from "../../../../backend/webgpu/replay/replayed_step.ts";
import { Network, train } from "../../contract/repeated_step.ts";
import { replayContract } from "../../contract/replayed_step.ts";
import { WEBGPU } from "../subject.ts";

replayContract((name, body) => WEBGPU.test(name, body), ReplayedStep);

WEBGPU.test("a replay that does not do what was recorded is an error, not a result", async () => {
  const { replay } = Recording.prototype;
  Recording.prototype.replay = function (encoder, state) {
    const last = this.commands.pop()!;
    replay.call(this, encoder, state);
    this.commands.push(last);
  };
  try {
    await assert.rejects(
      train((network) => new ReplayedStep(network.compute)),
      /a replayed step is not the step that was recorded: \d+ of \d+ tensors/,
    );
  } finally {
    Recording.prototype.replay = replay;
  }
});

WEBGPU.test("2,000 steps need no more memory or tensors than the first ones", async () => {
  let network!: Network;
  tf.tidy(() => void (network = new Network()));
  const step = new ReplayedStep(network.compute);
  const memory = () => {
    const { numTensors, numBytes } = tf.memory();
    const { numBytesAllocatedInGPU } = tf.memory() as unknown as Record<string, number>;
    return { numTensors, numBytes, numBytesAllocatedInGPU, data: tf.backend().numDataIds() };
  };
  let results = 0, early: ReturnType<typeof memory> | undefined, resident = 0;
  for (let i = 0; i < 2000; i++) {
    results += (await step.run({ seed: i % 50, lr: 0.001 })).length;
    if (i === 200) {
      early = memory();
      resident = Deno.memoryUsage().rss;
    }
  }
  results += (await step.finish()).length;
  assert.equal(results, 2000);
  assert.ok(step.dispatches > 20);
  assert.deepEqual(memory(), early);
  const grown = (Deno.memoryUsage().rss - resident) / 2 ** 20;
  assert.ok(grown < 60, `${grown.toFixed(0)} MB more after 1,800 further steps`);
  step.dispose();
  network.dispose();
});

WEBGPU.test("a step that reads a tensor back is computed each time", async () => {
  const step = new ReplayedStep<number>((input) => {
    const x = input([4], "float32", (value) => Float32Array.of(value, 1, 2, 3));
    x.data().catch(() => {}); // tfjs fails where the tensor goes meanwhile
    return [tf.exp(x)];
  });
  const results = [];
  for (let i = 0; i < 6; i++) results.push(...await step.run(i));
  results.push(...await step.finish());
  assert.deepEqual(results.map(({ state }) => state), [0, 1, 2, 3, 4, 5]);
  assert.equal(step.computedBecause, "it reads a tensor back");
  step.dispose();
});
