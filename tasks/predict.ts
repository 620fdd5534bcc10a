/** Step: the trained models on one photo of the data, as the tutorial ends. */
import { activatePreloaded } from "../backend/preloaded.ts";
import { cropPhoto } from "../data/crop_photo.ts";
import { openDataset } from "../data/dataset.ts";
import { decodeImage } from "../data/decode.ts";
import { BRANCHES, classNames } from "../models/manifest.ts";
import { BEST_PARAMETERS, modelFile } from "./artifacts/model.ts";
import { readPostprocessing } from "./artifacts/postprocessing.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { percent } from "../data/statistics/percent.ts";
import { titledPhoto } from "../report/titled_photo.ts";
import { predictorOf } from "../inference/predictor.ts";
import { writeJson } from "./json.ts";
import { loadModel } from "../inference/load_model.ts";
import type { ComputeParameters } from "./parameters.ts";
import { predictPhotos } from "../inference/predict_photos.ts";

/** The photo that the tutorial predicts; of other data, the last val photo. */
const TUTORIAL_PHOTO = "val/bees/72100438_73de9f17af.jpg";

if (import.meta.main) await runStep<ComputeParameters>(predict);

async function predict(step: StepContext<ComputeParameters>): Promise<void> {
  const { backend, threads, tuning } = step.parameters;
  await activatePreloaded(backend, { threads, tuning });
  const dataset = await openDataset(step.inputs.build_datasets);
  const photos = dataset.photos("val");
  const { path, label: actual } = photos.find(({ path }) => path === TUTORIAL_PHOTO) ??
    photos.at(-1)!;
  const file = `${step.inputs.download_data}/photos/${path}`;
  const image = await decodeImage(await Deno.readFile(file), { exifOrientation: true });
  const predictions: Record<string, unknown> = {};
  for (const branch of BRANCHES) {
    if (step.inputs[`train_${branch}`] === undefined) continue; // a run may train one alone
    const trained = step.inputs[`train_${branch}`];
    const manifest = await modelFile.read(trained);
    const model = await loadModel(manifest, `${trained}/${BEST_PARAMETERS}`);
    const { preprocessing } = manifest;
    const answers = predictPhotos([file], {
      crop: (path) => cropPhoto({ photo: path, ...preprocessing }),
      cutting: 1,
      batch: 1,
      predict: predictorOf(model, preprocessing),
      predicting: 1,
      classes: classNames(manifest),
      postprocessing: await readPostprocessing(step.inputs.evaluate, branch),
      top: 5,
    });
    for await (const { result } of answers) {
      if ("error" in result) throw new Error(`${path}: ${result.error}`);
      const { label, probability } = result;
      predictions[branch] = { ...result, path };
      const isRight = label === dataset.classes[actual];
      const verdict = isRight ? "right" : `wrong: it is ${dataset.classes[actual]}`;
      step.log(`${branch}: ${path} is ${label} (${percent(probability)}), which is ${verdict}`);
      await Deno.writeFile(
        `${step.output}/predicted_${branch}.png`,
        await titledPhoto(image, { predicted: label, probability }),
      );
    }
    model.dispose();
  }
  await writeJson(`${step.output}/predictions.json`, predictions);
  step.result(predictions);
}
