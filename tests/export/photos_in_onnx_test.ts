/** ONNX files that take photos: whatever the size, what the network sees and says is what `predict` does. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { modelCard } from "../../export/model_card.ts";
import { onnxBytes } from "../../export/onnx.ts";
import { OnnxGraph, valueInfo } from "../../export/onnx_graph.ts";
import { imagesOfPhotos } from "../../export/onnx_photos.ts";
import { openOnnx } from "../../export/onnx_runtime.ts";
import { encodeOnnx } from "../../export/onnx_schema.ts";
import type { RgbImage } from "../../data/image.ts";
import { preprocessPhoto } from "../../data/preprocess.ts";
import type { Preprocessing } from "../../models/architecture.ts";
import { argmax } from "../../models/logits.ts";
import { UINT8 } from "../../weights/onnx_fields.ts";
import { CLASSES } from "./random_model.ts";
import { drawnPhoto, ownAnswers, TINY, tinyModel, withFamiliar } from "./tiny_model.ts";

const SIDE = TINY.preprocessing.size;

/** Heights and widths: tiny, tall, wide, as large as the square, and such that sides round or tie. */
const SIZES = [
  [1, 1],
  [1, 7],
  [9, 1],
  [32, 32],
  [31, 33],
  [36, 36],
  [100, 200],
  [200, 100],
  [450, 32],
  [32, 450],
  [3, 300],
  [300, 3],
  [5, 64],
  [64, 5],
  [233, 377],
];

/** How photos become squares; a crop that is larger than the resized photo has black margins. */
const VIEWS: Partial<Preprocessing>[] = [
  { fit: "crop" },
  { fit: "crop", interpolation: "bicubic" },
  { fit: "crop", resize: 25 },
  { fit: "pad" },
  { fit: "pad", interpolation: "bicubic" },
  { fit: "squash", interpolation: "bicubic" },
];

/** Grey, and of hard edges, which bicubic overshoots. */
function checkers(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const level = (x >> 1) + (y >> 1) & 1 ? 255 : 0;
      for (let channel = 0; channel < 3; channel++) data[i++] = level;
    }
  }
  return { width, height, data };
}

function withAlpha({ width, height, data }: RgbImage): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
    rgba[4 * i + 3] = i % 256;
  }
  return rgba;
}

for (const view of VIEWS) {
  const { fit, interpolation = "bilinear", resize = 36 } = view;
  const what = `${fit} from ${resize}, ${interpolation}`;
  Deno.test(`photos of any size become what predict sees: ${what}`, async () => {
    const preprocessing = { ...TINY.preprocessing, ...view };
    const graph = new OnnxGraph();
    graph.output("images", imagesOfPhotos(graph, "photos", preprocessing));
    const sizes = ["batch", "height", "width", "channels"];
    const { session, ort } = await openOnnx(encodeOnnx({
      graph: {
        name: "photos",
        node: [...graph.constants, ...graph.nodes],
        input: [valueInfo("photos", sizes, UINT8)],
        output: [valueInfo("images", ["batch", 3, SIDE, SIDE])],
      },
    }));
    for (const [height, width] of SIZES) {
      const [drawn, edged] = [drawnPhoto(width, height, height + width), checkers(width, height)];
      const both = new Uint8Array(2 * drawn.data.length);
      both.set(drawn.data);
      both.set(edged.data, drawn.data.length);
      const rgb = new ort.Tensor("uint8", both, [2, height, width, 3]);
      const rgba = new ort.Tensor("uint8", withAlpha(drawn), [1, height, width, 4]);
      const images = (await session.run({ photos: rgb })).images.data as Float32Array;
      const fromCanvas = (await session.run({ photos: rgba })).images.data as Float32Array;
      assert.deepEqual(fromCanvas, images.slice(0, fromCanvas.length));
      const planes = [drawn, edged].flatMap((photo) => {
        const pixels = preprocessPhoto(photo, preprocessing);
        return [0, 1, 2].flatMap((channel) =>
          Array.from(pixels.filter((_, i) => i % 3 === channel))
        );
      });
      const off = planes.reduce((most, value, i) => Math.max(most, Math.abs(value - images[i])), 0);
      assert.ok(off < 1e-6, `${height}×${width}: off by ${off}`); // a level is 0.017
    }
    await session.release();
  });
}

for (const fit of ["crop", "pad", "squash"] as const) {
  Deno.test(`labels, probabilities and none of these are predict's: ${fit}`, async () => {
    await tf.setBackend("cpu");
    const photos = SIZES.map(([height, width], i) => drawnPhoto(width, height, i));
    const bare = tinyModel(fit === "crop" ? {} : { fit, resize: SIDE });
    const model = await withFamiliar(bare, photos.slice(0, 6), 0.01);
    const expected = await ownAnswers(model, photos);
    assert.ok(new Set(expected.map(({ isOutOfDistribution }) => isOutOfDistribution)).size > 1);
    const { session, ort } = await openOnnx(onnxBytes(model, { input: "photos" }));
    for (const [i, { width, height, data }] of photos.entries()) {
      const tensor = new ort.Tensor("uint8", data, [1, height, width, 3]);
      const { probabilities, labels, none_of_these } = await session.run({ photos: tensor });
      expected[i].probabilities.forEach((probability, c) =>
        assert.ok(Math.abs(probability - (probabilities.data[c] as number)) < 1e-5)
      );
      assert.equal(labels.data[0], CLASSES[argmax(expected[i].probabilities)]);
      assert.equal(Boolean(none_of_these.data[0]), expected[i].isOutOfDistribution);
    }
    await session.release();
  });
}

Deno.test("a model that knows no photos to compare with says nothing of none of these", async () => {
  const { session } = await openOnnx(onnxBytes(tinyModel(), { input: "photos" }));
  assert.deepEqual([...session.inputNames], ["photos"]);
  assert.deepEqual([...session.outputNames], ["probabilities", "labels"]);
  await session.release();
});

Deno.test("the card's code for a browser gives predict's answer of a canvas", async () => {
  await tf.setBackend("cpu");
  const model = tinyModel(), photo = drawnPhoto(70, 50, 3);
  const [{ probabilities }] = await ownAnswers(model, [photo]);
  const card = modelCard("onnx", "model.onnx", model.description, { input: "photos" });
  const code = /```js\n(.*?)```/s.exec(card)![1].replace(/^import .*$/m, "");
  const ort = await import("onnxruntime-web/wasm");
  const bytes = onnxBytes(model, { input: "photos" });
  const create = (file: string) => {
    assert.equal(file, "model.onnx");
    return ort.InferenceSession.create(bytes);
  };
  const canvas = { width: photo.width, height: photo.height };
  const getImageData = () => ({ ...canvas, data: new Uint8ClampedArray(withAlpha(photo)) });
  const printed: unknown[] = [];
  const program = Object.getPrototypeOf(async () => {}).constructor(
    ...["ort", "canvas", "context", "console"],
    code,
  );
  await program({ Tensor: ort.Tensor, InferenceSession: { create } }, canvas, { getImageData }, {
    log: (...values: unknown[]) => printed.push(...values),
  });
  const best = argmax(probabilities);
  assert.equal(printed[0], CLASSES[best]);
  assert.ok(Math.abs(printed[1] as number - probabilities[best]) < 1e-5);
});
