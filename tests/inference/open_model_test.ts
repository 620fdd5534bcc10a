/** The same model from either layout, asked here and in processes beside. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { activateBackend } from "../../backend/activate.ts";
import { loadModel } from "../../inference/load_model.ts";
import { manifestOf } from "../../inference/file_manifest.ts";
import { openModel, parametersOf } from "../../inference/open_model.ts";
import { type Output, predictorOf } from "../../inference/predictor.ts";
import { PredictorPool } from "../../inference/predictor_pool.ts";
import { tensorOfCrops } from "../../inference/tensor_of_crops.ts";
import { findArchitecture } from "../../models/registry.ts";
import { writeParameters } from "../../weights/parameter_file.ts";
import { writeSafetensors } from "../../weights/safetensors.ts";
import { assertNear } from "../backend/compare.ts";
import { randomStateDict } from "../models/random_state_dict.ts";

const classes = ["ant", "bee", "crab"];
const architecture = "mobilenet_v2";

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const torch = {
  manifest: manifestOf({ file: `${folder}/torch.safetensors`, architecture, classes }),
  file: `${folder}/torch.safetensors`,
  layout: "torch",
} as const;
const own = { ...torch, file: `${folder}/best.safetensors`, layout: "tfjs" } as const;
await writeSafetensors(torch.file, randomStateDict(findArchitecture(architecture), 3));
await writeParameters(own.file, await parametersOf(torch));

const { size } = torch.manifest.preprocessing;
const crops = Array.from(
  { length: 3 },
  (_, which) =>
    Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * (which + 7) * 2654435761) >>> 24),
);

Deno.test("parameters are the same from a file of torch's and from one of ours", async () => {
  assert.deepEqual(await parametersOf(own), await parametersOf(torch));
});

Deno.test("a head of another number of classes is refused: the file and both numbers are named", async () => {
  const manifest = { ...torch.manifest, classes: ["ant", "bee"] };
  await assert.rejects(
    parametersOf({ ...torch, manifest }),
    /torch\.safetensors: its head \(classifier\.1\) tells 3 classes apart, but 2 are named/,
  );
});

Deno.test("a prefix before all names is dropped", async () => {
  const file = `${folder}/prefixed.safetensors`;
  const named = randomStateDict(findArchitecture(architecture), 3);
  await writeSafetensors(
    file,
    new Map([...named].map(([name, tensor]) => [`model.${name}`, tensor])),
  );
  assert.deepEqual(await parametersOf({ ...torch, file }), await parametersOf(torch));
});

Deno.test("outputs are the model's own, in this process and in processes beside", async () => {
  await activateBackend("wasm", { threads: 1 });
  const model = await openModel(torch);
  const images = tensorOfCrops(crops, torch.manifest.preprocessing);
  const logits = model.predict(images);
  const expected = await logits.array();
  tf.dispose([images, logits]);
  const outputs = await predictorOf(model, torch.manifest.preprocessing)(crops);
  model.dispose();
  assert.deepEqual(outputs.map(({ logits }) => logits), expected);
  assert.equal(outputs[0].features.length, 1280);

  const loaded = await loadModel(own.manifest, own.file);
  const again = await predictorOf(loaded, own.manifest.preprocessing)(crops);
  loaded.dispose();
  assert.deepEqual(again, outputs);

  using pool = new PredictorPool({ source: own }, 2, []);
  const beside: Output[][] = await Promise.all([pool.predict(crops), pool.predict(crops)]);
  assert.deepEqual(beside, [outputs, outputs]);

  using integers = new PredictorPool({ source: own, precision: "int16" }, 1, []);
  const logitsOf = (answers: Output[]) => answers.flatMap(({ logits }) => logits);
  const rounded = logitsOf(await integers.predict(crops));
  // Random networks do not damp what is off by a thousandth in a layer, as those that learnt do.
  assertNear("logits by integers", rounded, logitsOf(outputs), 0.1);
  assert.notDeepEqual(rounded, logitsOf(outputs));
});

Deno.test("a process that cannot open its model says why", async () => {
  using pool = new PredictorPool(
    { source: { ...own, file: `${folder}/nowhere.safetensors` } },
    1,
    [],
  );
  await assert.rejects(pool.predict(crops), /a process that computes ended: [^]*nowhere/);
});

Deno.test("what is wrong with its weights is said in one line", async () => {
  const manifest = { ...torch.manifest, classes: ["ant", "bee"] };
  using pool = new PredictorPool({ source: { ...torch, manifest } }, 1, []);
  await assert.rejects(
    pool.predict(crops),
    /^Error: a process that computes ended: .*torch\.safetensors: its head .* trained on$/,
  );
});
