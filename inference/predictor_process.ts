/**
 * A process that answers crops on one thread. It parses no photos, so that it may run under the V8
 * flags that make the kernels fast and unchecked; as many of them as there are cores answer more
 * photos than one process with as many threads, which wait for each other. Crops come from whoever
 * asks, or from a process that cuts photos (`photo_chains.ts`).
 */
import { activateBackend } from "../backend/activate.ts";
import { answerPipe } from "../data/answer_pipe.ts";
import { readCropResponses } from "../data/crop_protocol.ts";
import { repeatedPredictorOf } from "./repeated_predictor.ts";
import type { PhotoOutput } from "./predictor.ts";
import { encodeOutputs, type PredictorRequest } from "./predictor_protocol.ts";
import { WeightsError } from "../weights/tensor.ts";
import { openModel } from "./open_model.ts";

if (import.meta.main) {
  const { source, precision }: PredictorRequest = JSON.parse(Deno.args[0]);
  await activateBackend("wasm", { threads: 1, precision });
  const { preprocessing } = source.manifest;
  const model = await openModel(source).catch((error) => {
    // Whoever asks hears why in one line.
    console.error(error instanceof WeightsError ? error.message : error);
    Deno.exit(1);
  });
  const predict = repeatedPredictorOf(model, preprocessing);
  const cropBytes = preprocessing.size ** 2 * 3;
  await answerPipe(
    readCropResponses,
    async (photos) => {
      const crops = photos.flatMap((photo) => "crop" in photo ? [photo.crop] : []);
      if (crops.some(({ length }) => length !== cropBytes)) {
        throw new Error("a crop of another size");
      }
      const outputs = crops.length > 0 ? await predict(crops) : [];
      return encodeOutputs(
        photos.map((photo): PhotoOutput => "crop" in photo ? outputs.shift()! : photo),
      );
    },
  );
}
