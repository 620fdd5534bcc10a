/** The reference models' tensors: what the hash gives in torch's layout, in tfjs's. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  referenceTensors,
  sample,
  sampleParameter,
} from "../../../bench/certify/reference_model.ts";
import { parameterSpecs } from "../../../models/parameter_specs.ts";
import { findArchitecture } from "../../../models/registry.ts";

Deno.test("what a fixture keeps of a parameter is found in tfjs's layout where tfjs puts it", async () => {
  await tf.setBackend("cpu");
  const architecture = findArchitecture("mobilenet_v3_small");
  const tensors = await referenceTensors(architecture.name, 1000);
  const backToTorch = {
    conv: [3, 2, 0, 1],
    depthwise: [2, 3, 0, 1],
    linear: [1, 0],
    vector: undefined,
  };
  const kinds = new Set<string>();
  for (const spec of parameterSpecs(architecture, 1000)) {
    const { shape, data } = tensors.get(spec.name)!, order = backToTorch[spec.kind];
    kinds.add(spec.kind);
    const torch = tf.tidy(() => {
      const tensor = tf.tensor(data, shape);
      return order ? tf.transpose(tensor, order) : tensor.clone();
    });
    assert.deepEqual(torch.shape, spec.shape);
    for (const count of [6, 32, torch.size]) {
      assert.deepEqual(sampleParameter(spec, data, count), sample(torch.dataSync(), count));
    }
    torch.dispose();
  }
  assert.equal(kinds.size, 4);
});
