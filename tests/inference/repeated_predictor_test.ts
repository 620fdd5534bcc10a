import assert from "node:assert/strict";
import { activateBackend } from "../../backend/activate.ts";
import { randomParameters } from "../../bench/model_work.ts";
import { predictorOf } from "../../inference/predictor.ts";
import { repeatedPredictorOf } from "../../inference/repeated_predictor.ts";
import { Model } from "../../models/model.ts";
import { findArchitecture } from "../../models/registry.ts";

Deno.test("answers are those of a predictor that computes each anew, whatever came before", async () => {
  await activateBackend("wasm", { threads: 1 });
  const found = findArchitecture("mobilenet_v2");
  const preprocessing = { ...found.preprocessing, size: 32 };
  const architecture = { ...found, preprocessing };
  const model = new Model(architecture, 2, randomParameters(architecture));
  const anew = predictorOf(model, preprocessing);
  const repeated = repeatedPredictorOf(model, preprocessing);
  let byte = 1;
  const crop = () =>
    Uint8Array.from({ length: 32 * 32 * 3 }, () => byte = (byte * 75 + 74) % 65537 & 255);
  for (const count of [1, 2, 1, 1, 2, 1, 2, 2, 1]) {
    const crops = Array.from({ length: count }, crop);
    assert.deepEqual(await repeated(crops), await anew(crops));
  }
  model.dispose();
});
