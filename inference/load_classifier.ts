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

/** Where a model is: a path, a `file:`, `http:` or `https:` address, or the bytes of the file. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer | Blob;

/**
 * The bytes of a photo file (JPEG, PNG, WebP, HEIC, …), such as a `File` that a page was given, or
 * its path; in a page, its address.
 */
export type PhotoInput = Uint8Array | ArrayBuffer | Blob | string;

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

/** A model that answers. */
export interface Classifier extends Disposable {
  /** Names of the classes, in the order that the model has them. */
  readonly classes: readonly string[];

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

  /** Frees the memory that the model has, once what it was asked is answered; more it is not asked. */
  dispose(): void;
}

class LoadedClassifier implements Classifier {
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

  predict(photo: PhotoInput): Promise<Classification>;
  predict(photos: readonly PhotoInput[]): Promise<Classification[]>;
  async predict(
    photos: PhotoInput | readonly PhotoInput[],
  ): Promise<Classification | Classification[]> {
    if (this.#isDisposed) throw disposedError();
    const isMany = Array.isArray(photos);
    const all: PhotoInput[] = isMany ? [...photos] : [photos as PhotoInput];
    const turn = this.#last.then(() => this.#predictAll(all));
    this.#last = turn.catch(() => {}); // it is whoever asked that is told
    const answers = await turn;
    return isMany ? answers : answers[0];
  }

  async #predictAll(photos: readonly PhotoInput[]): Promise<Classification[]> {
    const { preprocessing } = this.#manifest;
    const predict = predictorOf(this.#model, preprocessing);
    const answers: Classification[] = [];
    for (let start = 0; start < photos.length; start += BATCH) {
      const crops: Uint8Array[] = [];
      for (const [i, photo] of photos.slice(start, start + BATCH).entries()) {
        const answer = await cropPhoto({
          photo: await readable(photo, start + i),
          ...preprocessing,
        });
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
 * Permissions: read, for the file and graft's own; of an address also net, and of an address or bytes
 * write, for a temporary file.
 *
 * @param source in a page, a string is an address, relative to the page's
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
  source: ModelSource,
  { backend = "wasm", threads }: ClassifierOptions = {},
): Promise<Classifier> {
  const options = { backend, threads };
  if (typeof source !== "string" && !(source instanceof URL)) {
    return await openBytes(await bytesOf(source), options, "the model");
  }
  const url = urlOf(source);
  if (url === undefined) return await openClassifier(source as string, options);
  if (url.protocol === "file:") return await openClassifier(fileURLToPath(url), options);
  return await openBytes(await fetchBytes(url), options, url.href);
}

/** By a file, as those are read that are too large for memory twice. */
async function openBytes(
  bytes: Uint8Array,
  options: OpenOptions,
  said: string,
): Promise<Classifier> {
  const file = await Deno.makeTempFile({ prefix: "graft-" });
  try {
    await Deno.writeFile(file, bytes);
    return await openClassifier(file, options, said);
  } finally {
    await Deno.remove(file);
  }
}

type OpenOptions = Required<Pick<ClassifierOptions, "backend">> & ClassifierOptions;

/** @param said what the user calls the file, where it is a copy */
async function openClassifier(
  file: string,
  { backend, threads }: OpenOptions,
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
    return new LoadedClassifier(model, manifest, postprocessing);
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

/** Where strings are addresses: in a page, and in its workers. Deno has a location if it is told one. */
const PAGE = "Deno" in globalThis ? undefined : globalThis.location?.href;

/** Undefined for a path; `C:\model` is one. */
function urlOf(source: string | URL): URL | undefined {
  if (source instanceof URL) {
    if (/^(file|https?|blob|data):$/.test(source.protocol)) return source;
    throw new WeightsError(`${source.href}: a model is loaded from file:, http: or https:`);
  }
  if (PAGE !== undefined) return new URL(source, PAGE);
  return /^(file|https?):\/\//i.test(source) ? new URL(source) : undefined;
}

async function fetchBytes(url: URL): Promise<Uint8Array> {
  let answer: Response;
  try {
    answer = await fetch(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new WeightsError(`${url.href} cannot be reached: ${(error as Error).message}`);
  }
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new WeightsError(
      `${url.href} gives no file: the server answers ${answer.status} ${answer.statusText}`.trim(),
    );
  }
  try {
    return new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    throw new WeightsError(
      `${url.href} did not come whole: ${(error as Error).message}. Try again`,
    );
  }
}

async function bytesOf(source: Uint8Array | ArrayBuffer | Blob): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  throw new WeightsError("a model is a path, an address, or the bytes of its file");
}

/**
 * The bytes of a photo, or its path.
 * @throws {PhotoError} for what a program without types may give
 */
async function readable(photo: PhotoInput, index: number): Promise<Uint8Array | string> {
  if (photo instanceof Uint8Array) return photo;
  if (photo instanceof ArrayBuffer) return new Uint8Array(photo);
  if (photo instanceof Blob) return new Uint8Array(await photo.arrayBuffer());
  if (typeof photo !== "string") {
    throw new PhotoError("a photo is its bytes, as a Uint8Array, or the path of its file", index);
  }
  if (PAGE === undefined) return photo;
  try {
    return await fetchBytes(new URL(photo, PAGE));
  } catch (error) {
    throw new PhotoError((error as Error).message, index);
  }
}

function refused(photo: PhotoInput, reason: string, index: number, count: number): PhotoError {
  const name = typeof photo === "string" ? photo : "the photo";
  const which = count > 1 ? ` (${index + 1} of ${count})` : "";
  return new PhotoError(`${name}${which} gets no answer: ${reason}`, index);
}

const disposedError = () =>
  new Error("this model was disposed of and answers nothing any more: load it again");
