/** Step: the trained models on one photo of the data, as the tutorial ends. */
import { activateBackend } from "../backend/activate.ts";
import { openDataset } from "../data/mod.ts";
import { runStep, type StepContext } from "../pipeline/step.ts";
import { titledPhoto } from "../report/mod.ts";
import { writeJson } from "./json.ts";
import { readJudgement } from "./judgement.ts";
import { loadModel } from "./load_model.ts";
import type { ComputeParameters } from "./parameters.ts";
import { predictPhotos } from "./predict_photos.ts";

/** The photo that the tutorial predicts; of other data, the last val photo. */
const TUTORIAL_PHOTO = "val/bees/72100438_73de9f17af.jpg";

if (import.meta.main) await runStep<ComputeParameters>(predict);

async function predict(step: StepContext<ComputeParameters>): Promise<void> {
  const { backend, threads } = step.parameters;
  await activateBackend(backend, { threads });
  const photos = (await openDataset(step.inputs.build_datasets)).photos("val");
  const { path } = photos.find(({ path }) => path === TUTORIAL_PHOTO) ?? photos.at(-1)!;
  const file = `${step.inputs.download_data}/photos/${path}`;
  const predictions: Record<string, unknown> = {};
  for (const branch of ["finetune", "frozen"] as const) {
    const { model, manifest } = await loadModel(step.inputs[`train_${branch}`]);
    const judgement = await readJudgement(step.inputs.evaluate, branch);
    for await (
      const { result, image } of predictPhotos([file], model, manifest, judgement, 5)
    ) {
      if ("error" in result) throw new Error(`${path}: ${result.error}`);
      predictions[branch] = { ...result, path };
      step.log(`${branch}: ${path} is ${result.label} (${(100 * result.probability).toFixed(1)}%)`);
      await Deno.writeFile(
        `${step.output}/predicted_${branch}.png`,
        await titledPhoto(image!, { predicted: result.label, probability: result.probability }),
      );
    }
    model.dispose();
  }
  await writeJson(`${step.output}/predictions.json`, predictions);
  step.result(predictions);
}
