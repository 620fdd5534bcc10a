/** A trained model for one's own code, in three lines. */
import { fileURLToPath } from "node:url";
import { activateBackend } from "../backend/activate.ts";
import { cropPhoto } from "../data/crop_photo.ts";
import { classNames, type ModelManifest } from "../models/manifest.ts";
import type { Model } from "../models/model.ts";
import { readMetadata } from "../weights/metadata.ts";
import { WeightsError } from "../weights/tensor.ts";
import { describedModel } from "./described_model.ts";
import { openModel } from "./open_model.ts";
import type { Postprocessing } from "./postprocessing.ts";
import { describeOutput } from "./predict_photos.ts";
import { predictorOf } from "./predictor.ts";

/** What a model says of a photo, as `deno task predict` does. */
export interface Classification {
  /** The likeliest class. */
  label: string;
  /** Of it, from 0 to 1, at the temperature that evaluation fitted. */
  probability: number;
  /**
   * Whether the photo is unlike all that the model was measured on, so that the label means nothing;
   * undefined where the file cannot tell.
   */
  noneOfThese: boolean | undefined;
  /** Every class, likeliest first. */
  ranking: { label: string; probability: number }[];
}

/** The bytes of a photo file (JPEG, PNG, WebP, HEIC, …), or its path. */
export type PhotoInput = Uint8Array | string;

export interface ClassifierOptions {
  /** What computes: the CPU by default; with `webgpu` the graphics card. */
  backend?: "wasm" | "webgpu";
  /** Cores that compute, all by default. */
  threads?: number;
}

/** Photos answered together; more are not faster on a CPU. */
const BATCH = 8;

/** A photo that no answer can be given for: the message says why, and which of several it is. */
export class PhotoError extends Error {
  override readonly name = "PhotoError";

  /** @param index of the photo among those that were asked about */
  constructor(message: string, readonly index: number) {
    super(message);
  }
}

/** A model that answers; `loadClassifier` makes it. */
export class Classifier implements Disposable {
  /** Names of the classes, in the order that the model has them. */
  readonly classes: readonly string[];
  readonly #model: Model;
  readonly #manifest: ModelManifest;
  readonly #postprocessing: Postprocessing;
  #last: Promise<unknown> = Promise.resolve();
  #isDisposed = false;

  /** @param postprocessing how outputs of the model become answers */
  constructor(model: Model, manifest: ModelManifest, postprocessing: Postprocessing) {
    this.#model = model;
    this.#manifest = manifest;
    this.#postprocessing = postprocessing;
    this.classes = classNames(manifest);
  }

  /**
   * Labels a photo, or several, in their order. Photos are decoded in this process, turned upright by
   * their EXIF data, and cut as for evaluation. Calls that overlap take turns.
   *
   * Permissions: read, for paths.
   *
   * @throws {PhotoError} where one is no photo or cannot be read
   */
  predict(photo: PhotoInput): Promise<Classification>;
  predict(photos: readonly PhotoInput[]): Promise<Classification[]>;
  async predict(
    photos: PhotoInput | readonly PhotoInput[],
  ): Promise<Classification | Classification[]> {
    if (this.#isDisposed) throw disposedError();
    const isOne = typeof photos === "string" || photos instanceof Uint8Array;
    const all = isOne ? [photos] : [...photos];
    const turn = this.#last.then(() => this.#predictAll(all));
    this.#last = turn.catch(() => {}); // it is whoever asked that is told
    const answers = await turn;
    return isOne ? answers[0] : answers;
  }

  async #predictAll(photos: readonly PhotoInput[]): Promise<Classification[]> {
    const { preprocessing } = this.#manifest;
    const predict = predictorOf(this.#model, preprocessing);
    const answers: Classification[] = [];
    for (let start = 0; start < photos.length; start += BATCH) {
      const crops: Uint8Array[] = [];
      for (const [i, photo] of photos.slice(start, start + BATCH).entries()) {
        const answer = await cropPhoto({ photo: checked(photo, start + i), ...preprocessing });
        if ("refusal" in answer) throw refused(photo, answer.refusal, start + i, photos.length);
        crops.push(answer.crop);
      }
      for (const output of await predict(crops)) answers.push(this.#answerOf(output));
    }
    return answers;
  }

  #answerOf(output: Parameters<typeof describeOutput>[0]): Classification {
    const { label, probability, top, none_of_these } = describeOutput(output, {
      classes: this.classes,
      postprocessing: this.#postprocessing,
      top: this.classes.length,
    });
    return { label, probability, noneOfThese: none_of_these, ranking: top };
  }

  /** Frees the memory that the model has, once what it was asked is answered; more it is not asked. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    // What is being computed still needs it.
    this.#last = this.#last.then(() => this.#model.dispose());
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Loads a model that `deno task export` wrote as safetensors, pytorch or onnx. It prepares photos and
 * reads the answers as `deno task predict --weights FILE` does: all that it takes is in the file.
 *
 * Permissions: read, for the file and graft's own; of an address also net, and write for a temporary
 * file.
 *
 * @param source a path, a `file:` URL, or an `http:` or `https:` address
 * @throws {WeightsError} where there is no such file, or it is damaged or not graft's
 *
 * @example
 * ```ts ignore
 * import { loadClassifier } from "graft";
 *
 * const model = await loadClassifier("model.safetensors");
 * const { label, probability, noneOfThese } = await model.predict(await Deno.readFile("bee.jpg"));
 * console.log(noneOfThese ? "none of these" : `${label}: ${probability}`);
 * model.dispose();
 * ```
 */
export async function loadClassifier(
  source: string | URL,
  { backend = "wasm", threads }: ClassifierOptions = {},
): Promise<Classifier> {
  const url = urlOf(source);
  if (url === undefined) return await openClassifier(source as string, { backend, threads });
  if (url.protocol === "file:") {
    return await openClassifier(fileURLToPath(url), { backend, threads });
  }
  const file = await Deno.makeTempFile({ prefix: "graft-" });
  try {
    await fetchInto(file, url);
    return await openClassifier(file, { backend, threads }, url.href);
  } finally {
    await Deno.remove(file);
  }
}

/** @param said what the user calls the file, where it is a copy */
async function openClassifier(
  file: string,
  { backend, threads }: Required<Pick<ClassifierOptions, "backend">> & ClassifierOptions,
  said = file,
): Promise<Classifier> {
  try {
    await assertFile(file);
    const described = describedModel(await readMetadata(file), file);
    if (!described) {
      throw new WeightsError(
        `${file} does not say what its classes are and how photos are prepared: graft did not write ` +
          "it. Load a file that `deno task export --format safetensors` wrote",
      );
    }
    const { description: manifest, postprocessing } = described;
    await activateBackend(backend, { threads });
    const model = await openModel({ manifest, file, layout: "torch" });
    return new Classifier(model, manifest, postprocessing);
  } catch (error) {
    if (said !== file && error instanceof Error) {
      error.message = error.message.replaceAll(file, said);
    }
    throw error;
  }
}

async function assertFile(file: string): Promise<void> {
  const info = await Deno.stat(file).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new WeightsError(
      `there is no file ${file}: check the path, or write it by ` +
        "`deno task export --format safetensors`",
    );
  });
  if (!info.isFile) throw new WeightsError(`${file} is no file: name the model's file itself`);
}

/** Undefined for a path; `C:\model` is one. */
function urlOf(source: string | URL): URL | undefined {
  if (source instanceof URL) {
    if (/^(file|https?):$/.test(source.protocol)) return source;
    throw new WeightsError(`${source.href}: a model is loaded from file:, http: or https:`);
  }
  return /^(file|https?):\/\//i.test(source) ? new URL(source) : undefined;
}

async function fetchInto(file: string, url: URL): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new WeightsError(`${url.href} cannot be reached: ${(error as Error).message}`);
  }
  if (!answer.ok || !answer.body) {
    await answer.body?.cancel();
    throw new WeightsError(
      `${url.href} gives no file: the server answers ${answer.status} ${answer.statusText}`.trim(),
    );
  }
  using target = await Deno.open(file, { write: true });
  try {
    await answer.body.pipeTo(target.writable, { preventClose: true });
  } catch (error) {
    throw new WeightsError(
      `${url.href} did not come whole: ${(error as Error).message}. Try again`,
    );
  }
}

/** @throws {PhotoError} for what a program without types may give */
function checked(photo: PhotoInput, index: number): PhotoInput {
  if (typeof photo === "string" || photo instanceof Uint8Array) return photo;
  throw new PhotoError("a photo is its bytes, as a Uint8Array, or the path of its file", index);
}

function refused(photo: PhotoInput, reason: string, index: number, count: number): PhotoError {
  const name = typeof photo === "string" ? photo : "the photo";
  const which = count > 1 ? ` (${index + 1} of ${count})` : "";
  return new PhotoError(`${name}${which} gets no answer: ${reason}`, index);
}

const disposedError = () =>
  new Error("this model was disposed of and answers nothing any more: load it again");
