/** What an exported file is worth: the photos kept aside, asked of the file itself. */
import type { Dataset } from "../../data/dataset.ts";
import type { RgbImage } from "../../data/image.ts";
import { normalizer, viewPhoto } from "../../data/transforms.ts";
import { activateBackend } from "../../backend/activate.ts";
import { openOnnx } from "../../export/onnx_runtime.ts";
import type { FileScore } from "../../export/file_score.ts";
import type { OnnxInput } from "../../export/usage.ts";
import type { ModelManifest } from "../../models/manifest.ts";
import { argmax } from "../../models/logits.ts";
import { openModel } from "../../inference/open_model.ts";
import { predictorOf } from "../../inference/predictor.ts";

/** Each is asked one after the other: more would take minutes, and tell a percent more exactly. */
const MOST_MEASURED = 1000;

/** Ranges change little after these. */
const MOST_CALIBRATING = 128;

/** Names the likeliest class of a photo. */
type Classify = (photo: RgbImage) => Promise<number>;

/**
 * Up to 1,000 of the val photos, evenly chosen.
 * @param ask the file
 * @param known what the model itself said of each val photo, by the index of the class; where known
 */
export async function measureFile(
  dataset: Dataset,
  ask: Classify,
  known: readonly number[] | undefined,
): Promise<FileScore> {
  const photos = dataset.photos("val");
  const chosen = evenly(photos.length, MOST_MEASURED);
  const score: FileScore = { correct: 0, total: chosen.length, of: photos.length };
  let model = 0, same = 0;
  for (const index of chosen) {
    const { label } = photos[index];
    const answer = await ask(dataset.readPhoto("val", index));
    if (answer === label) score.correct++;
    if (known?.[index] === label) model++;
    if (known?.[index] === answer) same++;
  }
  return known ? { ...score, model: { correct: model, same } } : score;
}

/** Asks an ONNX file in onnxruntime's WebAssembly. */
export async function onnxClassifier(
  bytes: Uint8Array,
  input: OnnxInput,
  { preprocessing }: ModelManifest,
): Promise<Classify & AsyncDisposable> {
  const { session, ort } = await openOnnx(bytes);
  const { size } = preprocessing;
  const classify = async (photo: RgbImage) => {
    const output = input === "photos"
      ? (await session.run({
        photos: new ort.Tensor("uint8", photo.data, [1, photo.height, photo.width, 3]),
      })).probabilities
      : (await session.run({
        images: new ort.Tensor("float32", imageOf(photo, preprocessing), [1, 3, size, size]),
      })).logits;
    return argmax(output.data as Float32Array);
  };
  return Object.assign(classify, { [Symbol.asyncDispose]: () => session.release() });
}

/** Asks a file of weights by our own engine. */
export async function weightsClassifier(
  file: string,
  manifest: ModelManifest,
): Promise<Classify & AsyncDisposable> {
  await activateBackend("wasm");
  const model = await openModel({ manifest, file, layout: "torch" });
  const predict = predictorOf(model, manifest.preprocessing);
  const classify = async (photo: RgbImage) => {
    const [{ logits }] = await predict([viewPhoto(photo, manifest.preprocessing)]);
    return argmax(logits);
  };
  return Object.assign(classify, {
    [Symbol.asyncDispose]: () => Promise.resolve(model.dispose()),
  });
}

/** Up to 128 of the photos that a model was taught by, evenly chosen, as a network takes them. */
export function* calibratingImages(
  dataset: Dataset,
  { preprocessing }: ModelManifest,
): Generator<Float32Array> {
  for (const index of evenly(dataset.photos("train").length, MOST_CALIBRATING)) {
    yield imageOf(dataset.readPhoto("train", index), preprocessing);
  }
}

/** [3, size, size], normalised. */
function imageOf(photo: RgbImage, preprocessing: ModelManifest["preprocessing"]): Float32Array {
  const crop = viewPhoto(photo, preprocessing);
  const pixels = new Float32Array(crop.length);
  normalizer(preprocessing)(crop, pixels);
  const area = crop.length / 3;
  const image = new Float32Array(crop.length);
  for (let at = 0; at < area; at++) {
    for (let channel = 0; channel < 3; channel++) {
      image[channel * area + at] = pixels[3 * at + channel];
    }
  }
  return image;
}

function evenly(count: number, most: number): number[] {
  const taken = Math.min(count, most);
  return Array.from({ length: taken }, (_, i) => Math.floor(i * count / taken));
}
