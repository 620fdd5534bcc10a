/** A classifier in code says what `deno task predict` says of the same file and photos. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { exportPytorch, exportSafetensors } from "../../export/torch.ts";
import { onnxBytes } from "../../export/onnx.ts";
import type { ExportedModel } from "../../export/exported_model.ts";
import { references } from "../../inference/out_of_distribution.ts";
import {
  type Classification,
  loadClassifier,
  PhotoError,
} from "../../inference/load_classifier.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { findArchitecture } from "../../models/registry.ts";
import { convertStateDict } from "../../weights/convert.ts";
import { writeSafetensors } from "../../weights/safetensors.ts";
import { WeightsError } from "../../weights/tensor.ts";
import { activateBackend } from "../../backend/activate.ts";
import { Model } from "../../models/model.ts";
import { predictorOf } from "../../inference/predictor.ts";
import { cropPhoto } from "../../data/crop_photo.ts";
import { randomStateDict } from "../models/random_state_dict.ts";
import { writePhoto } from "../tasks/generated_photos.ts";
import { graft } from "../tasks/graft.ts";

const CLASSES = ["ants", "bees", "crabs"];
const COUNT = 11; // more than a batch
const architecture = findArchitecture("mobilenet_v2");
const stateDict = randomStateDict(architecture, CLASSES.length);

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const photos = Array.from({ length: COUNT }, (_, i) => `${folder}/${i}.png`);
for (const [i, path] of photos.entries()) await writePhoto(path, i + 1, i % 2 ? 0 : 2);

/** Knows the first two photos: a photo of the others is none of the classes. */
async function exportedModel(): Promise<ExportedModel> {
  const parameters = convertStateDict(stateDict, parameterSpecs(architecture, CLASSES.length));
  const { preprocessing } = architecture;
  await activateBackend("wasm");
  const model = new Model(architecture, CLASSES.length, parameters);
  const crops = await Promise.all(
    photos.slice(0, 2).map(async (photo) => {
      const answer = await cropPhoto({ photo, ...preprocessing });
      assert.ok("crop" in answer);
      return answer.crop;
    }),
  );
  const outputs = await predictorOf(model, preprocessing)(crops);
  model.dispose();
  return {
    description: {
      schema: 2,
      architecture: architecture.name,
      classes: CLASSES,
      preprocessing,
      pretrained: { origin: "nowhere", sha256: "", licence: "MIT" },
      temperature: 1.75,
    },
    parameters,
    outOfDistribution: {
      references: references(outputs.map(({ features }) => features)),
      threshold: 1e-6,
    },
  };
}

const exported = await exportedModel();
const file = `${folder}/model.safetensors`;
await exportSafetensors(exported, file);
await exportPytorch(exported, `${folder}/model.pth`);
await Deno.writeFile(`${folder}/model.onnx`, onnxBytes(exported));

const commanded = await graft(
  ["predict", ...photos, `--weights=${file}`, "--top=3", "--json"],
  { cwd: folder },
);
assert.equal(commanded.code, 0, commanded.stderr);

/** Batches of others add in another order. */
function assertSame(actual: readonly Classification[]): void {
  assert.equal(actual.length, commanded.json.length);
  for (const [i, { label, probability, noneOfThese, ranking }] of actual.entries()) {
    const { top, ...expected } = commanded.json[i];
    assert.equal(label, expected.label);
    assert.equal(noneOfThese, expected.none_of_these);
    assert.ok(Math.abs(probability - expected.probability) < 1e-6, `${i}: ${probability}`);
    assert.deepEqual(ranking.map(({ label }) => label), top.map((of: Classification) => of.label));
  }
}

Deno.test("bytes, paths, one and many: all of it is what the command says", async () => {
  using model = await loadClassifier(file);
  assert.deepEqual(model.classes, CLASSES);
  const bytes = await Promise.all(photos.map((path) => Deno.readFile(path)));
  const one: Classification[] = [];
  for (const photo of bytes) one.push(await model.predict(photo));
  assertSame(one);
  assertSame(await model.predict(bytes));
  assertSame(await model.predict(bytes.map(({ buffer }) => buffer)));
  assertSame(await model.predict(bytes.map((bytes) => new Blob([bytes]))));
  assertSame(await model.predict(photos));
  assert.deepEqual(await model.predict([]), []);
  const nones = commanded.json.map(({ none_of_these }) => none_of_these);
  assert.deepEqual(nones.slice(0, 2), [false, false], "the model knows these");
  assert.ok(nones.includes(true), "and is asked about others");
});

Deno.test("every format, from a URL, a server and memory, is the same model", async () => {
  const server = Deno.serve({ port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== "/model.safetensors") return new Response("no", { status: 404 });
    return new Response(await Deno.readFile(file));
  });
  const address = `http://127.0.0.1:${server.addr.port}`;
  const temporary = `${folder}/temporary`;
  await Deno.mkdir(temporary);
  const { TMPDIR } = Deno.env.toObject();
  Deno.env.set("TMPDIR", temporary);
  const sources = [
    `${folder}/model.pth`,
    `${folder}/model.onnx`,
    pathToFileURL(file),
    pathToFileURL(file).href,
    `${address}/model.safetensors`,
    new URL(`${address}/model.safetensors`),
    await Deno.readFile(file),
    new Blob([await Deno.readFile(`${folder}/model.onnx`)]),
  ];
  for (const source of sources) {
    using model = await loadClassifier(source);
    assertSame(await model.predict(photos));
  }
  await assert.rejects(loadClassifier(`${address}/gone.safetensors`), /gone\.safetensors .* 404/);
  if (TMPDIR === undefined) Deno.env.delete("TMPDIR");
  else Deno.env.set("TMPDIR", TMPDIR);
  assert.deepEqual([...Deno.readDirSync(temporary)], [], "no copy is left");
  await server.shutdown();
  await assert.rejects(loadClassifier(`${address}/model.safetensors`), /cannot be reached/);
});

Deno.test("calls that overlap get their own answers", async () => {
  using model = await loadClassifier(file);
  assertSame(await Promise.all(photos.map((photo) => model.predict(photo))));
});

Deno.test("a file that is no model, or damaged, is said to be", async () => {
  const whole = await Deno.readFile(file);
  await Deno.writeFile(`${folder}/cut.safetensors`, whole.subarray(0, whole.length / 2));
  await Deno.writeTextFile(`${folder}/page.safetensors`, "<!doctype html><title>Sign in</title>");
  await writeSafetensors(`${folder}/foreign.safetensors`, stateDict);
  const cases: [source: string, message: RegExp][] = [
    [`${folder}/nowhere.safetensors`, /there is no file .*nowhere\.safetensors: check the path/],
    [folder, /is no file: name the model's file itself/],
    [`${folder}/cut.safetensors`, /cut\.safetensors is no whole safetensors file/],
    [`${folder}/page.safetensors`, /It looks like a web page/],
    [`${folder}/foreign.safetensors`, /graft did not write it\. Load a file that/],
  ];
  for (const [source, message] of cases) {
    await assert.rejects(loadClassifier(source), (error: Error) => {
      assert.ok(error instanceof WeightsError, String(error));
      assert.match(error.message, message);
      return true;
    });
  }
  await assert.rejects(loadClassifier(new Uint8Array(7)), /^WeightsError: the model /);
  await assert.rejects(loadClassifier(7 as unknown as string), /a path, an address, or the bytes/);
  await assert.rejects(loadClassifier(new URL("ftp://example.com/m")), /from file:, http: or/);
});

Deno.test("a photo that cannot be read is named with the reason, and the model goes on", async () => {
  using model = await loadClassifier(file);
  const text = new TextEncoder().encode("no photo");
  const failsWith = (index: number, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof PhotoError, String(error));
    assert.equal(error.index, index);
    assert.match(error.message, message);
    return true;
  };
  await assert.rejects(
    model.predict(text),
    failsWith(0, /^the photo gets no answer: not an image/),
  );
  await assert.rejects(
    model.predict(`${folder}/gone.jpg`),
    failsWith(0, /gone\.jpg gets no answer: there is no such file/),
  );
  await assert.rejects(
    model.predict([...photos.slice(0, 9), text]),
    failsWith(9, /^the photo \(10 of 10\) gets no answer: not an image/),
  );
  await assert.rejects(
    model.predict([7 as unknown as string]),
    failsWith(0, /its bytes, as a Uint8Array, or the path/),
  );
  assertSame(await model.predict(photos));
});

Deno.test("a photo alone has the command's very numbers", async () => {
  using model = await loadClassifier(file);
  const args = ["predict", photos[3], `--weights=${file}`, "--top=3", "--json"];
  const { json: [{ label, probability, top, none_of_these }] } = await graft(args, { cwd: folder });
  const expected = { label, probability, noneOfThese: none_of_these, ranking: top };
  assert.deepEqual(await model.predict(photos[3]), expected);
});

Deno.test("a file that is exported again, in whatever format, has the same answers", async () => {
  for (
    const [format, name] of [["safetensors", "a.safetensors"], ["pytorch", "a.pth"], [
      "onnx",
      "a.onnx",
    ]]
  ) {
    const args = ["export", `--format=${format}`, `--out=again/${name}`, `--weights=${file}`];
    const { code, stderr } = await graft([...args, "--force"], { cwd: folder });
    assert.equal(code, 0, stderr);
    const again = ["predict", ...photos, `--weights=again/${name}`, "--top=3", "--json"];
    const { json } = await graft(again, { cwd: folder });
    assert.deepEqual(
      json.map(({ none_of_these }) => none_of_these),
      commanded.json.map(({ none_of_these }) => none_of_these),
    );
    using model = await loadClassifier(`${folder}/again/${name}`);
    assertSame(await model.predict(photos));
  }
});

Deno.test("what is disposed of says so; what it was asked before is answered", async () => {
  const model = await loadClassifier(file);
  assert.ok(tf.memory().numTensors > 0);
  const asked = model.predict(photos);
  model.dispose();
  model.dispose();
  await assert.rejects(model.predict(photos[0]), /disposed of .*: load it again/);
  assertSame(await asked);
  await new Promise((done) => setTimeout(done)); // it is freed behind the last answer
  assert.equal(tf.memory().numTensors, 0);
});
