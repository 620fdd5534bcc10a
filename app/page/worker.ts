/** Computes beside the page, which stays responsive: decodes photos, asks the model, explains. */
import * as tf from "@tensorflow/tfjs";
import { evaluationBox } from "../../data/crop.ts";
import { fittedBox } from "../../data/fit.ts";
import { decodeImage } from "../../data/decode.ts";
import type { RgbImage } from "../../data/image.ts";
import { preprocessPhoto } from "../../data/preprocess.ts";
import { resize } from "../../data/resize.ts";
import { overlayHeat } from "../../report/heat_overlay.ts";
import { calibrated } from "../../inference/calibration.ts";
import { distanceToNearest } from "../../inference/out_of_distribution.ts";
import { gradCam } from "../../inference/grad_cam.ts";
import type { PageManifest, Question, Reply } from "./messages.ts";
import { type OpenModel, openModel } from "./open_model.ts";
import { withAlpha, withoutAlpha } from "./rgba.ts";

/** Longest side of a photo as it is shown. */
const PREVIEW = 720;

const scope = globalThis as unknown as {
  postMessage(reply: Reply, transfer?: Transferable[]): void;
  onmessage: (event: MessageEvent<Question>) => void;
};
const reply = (message: Reply) => scope.postMessage(message);

const opened = openModel((done, total) => reply({ type: "loading", done, total }));
opened.then(
  async (open) => {
    await warmUp(open);
    const { manifest, backend } = open;
    reply({ type: "ready", manifest, backend });
  },
  (error: Error) => reply({ type: "failed", message: error.message }),
);

// One question after the other: a decoded photo is large, and the model uses every core.
let last: Promise<void> = Promise.resolve();
scope.onmessage = ({ data: question }) => {
  last = last.then(() => answer(question)).catch((error: Error) =>
    reply({ type: "refused", id: question.id, message: error.message })
  );
};

/** The first photo would otherwise wait for shaders or kernels to compile. */
async function warmUp({ model, manifest: { preprocessing: { size } } }: OpenModel): Promise<void> {
  await model.outputs(tf.zeros([1, size, size, 3]));
}

async function answer(question: Question): Promise<void> {
  const { model, manifest, references } = await opened;
  const start = performance.now();
  const image = question.type === "photo"
    ? await decodeImage(new Uint8Array(question.file), { exifOrientation: true })
    : withoutAlpha(question.frame);
  const { size } = manifest.preprocessing;
  const input = tf.tensor4d(preprocessPhoto(image, manifest.preprocessing), [1, size, size, 3]);
  try {
    // `outputs` disposes what it is given.
    const [{ logits, features }] = await model.outputs(input.clone());
    const milliseconds = performance.now() - start;
    const isPhoto = question.type === "photo";
    const preview = isPhoto ? makeSmall(image) : undefined;
    reply({
      type: "answer",
      id: question.id,
      probabilities: calibrated(logits, manifest.temperature),
      ...(references && {
        unlike: distanceToNearest(references, features) > manifest.unlikeBeyond!,
      }),
      ...(preview && { preview: withAlpha(preview) }),
      milliseconds,
    });
    if (preview) await explain(question.id, model, input, preview, manifest.preprocessing);
  } finally {
    input.dispose();
  }
}

async function explain(
  id: number,
  model: OpenModel["model"],
  input: tf.Tensor4D,
  preview: RgbImage,
  { fit = "crop", resize, size }: PageManifest["preprocessing"],
): Promise<void> {
  const [{ heat }] = await gradCam(model, input);
  const box = fit === "crop"
    ? evaluationBox(preview.width, preview.height, resize, size)
    : fittedBox(preview, fit);
  reply({ type: "heat", id, preview: withAlpha(overlayHeat(preview, heat, box)) });
}

function makeSmall(image: RgbImage): RgbImage {
  const scale = Math.min(1, PREVIEW / Math.max(image.width, image.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return resize(image, side(image.width), side(image.height));
}
