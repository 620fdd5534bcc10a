/** Files whose numbers have fewer bits than the model's: what that costs is measured, photo by photo. */
import type { ContextOf } from "./cli/command.ts";
import type { EXPORT_FLAGS } from "./commands/export.ts";
import type { ExportForm } from "./export_form.ts";
import { activationRanges } from "../export/activation_ranges.ts";
import type { ExportedModel } from "../export/exported_model.ts";
import type { FileScore } from "../export/file_score.ts";
import { onnxBytes } from "../export/onnx.ts";
import { exportSafetensors } from "../export/torch.ts";
import { exportedModel, type FinishedModel } from "./trained/finished_model.ts";
import {
  calibratingImages,
  measureFile,
  onnxClassifier,
  weightsClassifier,
} from "./trained/measured_file.ts";
import { type PhotosForExport, photosForExport } from "./trained/photos_for_export.ts";

/**
 * Writes a file of float16 or int8.
 * @returns what the file itself is worth; undefined where its photos are not there to be asked
 * @throws {Error} where int8 lacks the photos that it is made by
 * @throws {RangeError} where a parameter is beyond what float16 can be
 */
export async function writeLessPrecise(
  context: ContextOf<typeof EXPORT_FLAGS>,
  form: ExportForm,
  finished: FinishedModel,
  path: string,
): Promise<FileScore | undefined> {
  const { flags, say } = context;
  const model = exportedModel(finished);
  const branch = finished.source.manifest.training?.branch;
  const photos = flags.weights || !branch ? undefined : await photosForExport(context, branch);
  using _dataset = photos?.dataset;
  const bytes = await write(form, model, photos, path, say);
  if (!photos) {
    say(
      "what its precision costs was not measured: the photos that it was taught by are not there",
    );
    return undefined;
  }
  say("measuring it on the photos kept aside…");
  await using ask = bytes
    ? await onnxClassifier(bytes, form.input!, finished.description)
    : await weightsClassifier(path, finished.description);
  return await measureFile(photos.dataset, ask, photos.known);
}

/** @returns the bytes of an ONNX file */
async function write(
  { format, input, precision }: ExportForm,
  model: ExportedModel,
  photos: PhotosForExport | undefined,
  path: string,
  say: (text: string) => void,
): Promise<Uint8Array | undefined> {
  if (format === "safetensors") return void await exportSafetensors(model, path, "float16");
  if (precision === "int8") {
    if (!photos) throw new Error(WITHOUT_PHOTOS);
    say("choosing scales by photos of the training set…");
  }
  const bytes = onnxBytes(model, {
    input,
    precision: precision === "int8"
      ? await activationRanges(model, calibratingImages(photos!.dataset, model.description))
      : "float16",
  });
  await Deno.writeFile(path, bytes);
  return bytes;
}

const WITHOUT_PHOTOS =
  "int8 needs the photos that the model was taught by, which choose its scales, and they are not " +
  "there: export a model of a run whose photos are still in the store, or take --precision float16";
