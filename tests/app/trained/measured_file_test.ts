/** What an exported file is worth, photo by photo. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  calibratingImages,
  measureFile,
  onnxClassifier,
  weightsClassifier,
} from "../../../app/trained/measured_file.ts";
import { preprocessPhoto } from "../../../data/preprocess.ts";
import type { Dataset } from "../../../data/dataset.ts";
import { onnxBytes } from "../../../export/onnx.ts";
import { exportSafetensors } from "../../../export/torch.ts";
import { argmax } from "../../../models/logits.ts";
import { findArchitecture } from "../../../models/registry.ts";
import { randomModel } from "../../export/random_model.ts";
import { drawnPhoto, ownAnswers, tinyModel } from "../../export/tiny_model.ts";

/** Photos of which number i has the label i % 3; the i-th is asked for as often as it was read. */
function madeUp(count: number): { dataset: Dataset; read: number[] } {
  const read: number[] = [];
  const dataset: Pick<Dataset, "photos" | "readPhoto"> = {
    photos: () =>
      Array.from({ length: count }, (_, i) => ({
        path: `${i}.png`,
        split: "val",
        label: i % 3,
        width: 4,
        height: 4,
        sha256: "",
        offset: 0,
      })),
    readPhoto(_, index) {
      read.push(index);
      return drawnPhoto(40, 30, index);
    },
  };
  return { dataset: dataset as Dataset, read };
}

Deno.test("it is counted where the file is right, where the model was, and where they agree", async () => {
  const { dataset } = madeUp(6); // labels 0 1 2 0 1 2
  const answers = [0, 1, 0, 0, 2, 2];
  let asked = 0;
  const ask = () => Promise.resolve(answers[asked++]);
  const known = [0, 0, 0, 0, 1, 2];
  assert.deepEqual(await measureFile(dataset, ask, known), {
    correct: 4,
    total: 6,
    of: 6,
    model: { correct: 4, same: 4 },
  });
  asked = 0;
  assert.deepEqual(await measureFile(dataset, ask, undefined), { correct: 4, total: 6, of: 6 });
});

Deno.test("of many photos a thousand are asked, from the first to the last class", async () => {
  const { dataset, read } = madeUp(2500);
  const score = await measureFile(dataset, () => Promise.resolve(0), undefined);
  assert.deepEqual([score.total, score.of], [1000, 2500]);
  assert.equal(new Set(read).size, 1000);
  assert.ok(read[0] === 0 && read.at(-1)! >= 2497);
  const { dataset: train, read: taken } = madeUp(300);
  const { description } = tinyModel();
  const images = [...calibratingImages(train, description)];
  assert.equal(images.length, 128);
  assert.ok(taken.at(-1)! >= 297);
  // Planes of what evaluation sees.
  const pixels = preprocessPhoto(drawnPhoto(40, 30, taken[5]), description.preprocessing);
  const area = pixels.length / 3;
  images[5].forEach((value, at) =>
    assert.equal(value, pixels[(at % area) * 3 + Math.floor(at / area)])
  );
});

Deno.test("an ONNX file is asked as its users ask it, of photos or tensors", async () => {
  await tf.setBackend("cpu");
  const model = tinyModel();
  const photos = Array.from({ length: 8 }, (_, i) => drawnPhoto(30 + 9 * i, 70 - 5 * i, i));
  const expected = (await ownAnswers(model, photos)).map(({ logits }) => argmax(logits));
  for (const input of ["photos", "tensors"] as const) {
    const bytes = onnxBytes(model, { input });
    await using ask = await onnxClassifier(bytes, input, model.description);
    const answers: number[] = [];
    for (const photo of photos) answers.push(await ask(photo));
    assert.deepEqual(answers, expected, input);
  }
});

Deno.test("a file of weights is asked by our own engine", async () => {
  const random = randomModel("mobilenet_v3_small");
  const architecture = findArchitecture("mobilenet_v3_small");
  const description = { ...random.description, preprocessing: architecture.preprocessing };
  const model = { ...random, description, architecture };
  const folder = await Deno.makeTempDir();
  await exportSafetensors(model, `${folder}/model.safetensors`, "float16");
  {
    await using ask = await weightsClassifier(`${folder}/model.safetensors`, description);
    const photos = [drawnPhoto(300, 240, 1), drawnPhoto(240, 300, 2)];
    const answers = [await ask(photos[0]), await ask(photos[1])];
    const expected = await ownAnswers(model, photos);
    assert.deepEqual(answers, expected.map(({ logits }) => argmax(logits)));
  }
  await Deno.remove(folder, { recursive: true });
});
